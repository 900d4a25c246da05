/* What struct libraries holds; for verify/ alone. */
#ifndef VERIFY_LIBRARIES_H
#define VERIFY_LIBRARIES_H

struct dkim_lib; /* libopendkim's DKIM_LIB */
struct key_cache;

struct libraries {
	struct dkim_lib *opendkim;
	struct key_cache *keys;
	char pad_field[32]; /* "X-0123456789abcdef: x", see signatures_begin */
};

#endif
