/* Text from one character set to another. */
#ifndef DIAGNOSE_TRANSCODE_H
#define DIAGNOSE_TRANSCODE_H

#include "base/buf.h"
#include "base/text.h"

#include <stdbool.h>

/* False when a name is unknown or the text does not fit the character set. */
bool transcode_text(struct buf *out, struct span text, const char *from, const char *to);

#endif
