#include "dns/name.h"

#include "base/domain.h"
#include "base/text.h"

#include <string.h>

bool name_is_carried(const char *name)
{
	size_t label = 0, len = 0;

	for (; name[len] != '\0'; len++) {
		if (name[len] != '.') {
			if (++label > LABEL_MAX)
				return false;
			continue;
		}
		if (label == 0)
			return false;
		label = 0;
	}
	return label > 0 && len <= DOMAIN_MAX;
}

bool name_normal(const char *name, char normal[NAME_SIZE])
{
	size_t len = strnlen(name, NAME_SIZE + 1);

	if (len > 0 && name[len - 1] == '.')
		len--;
	if (len >= NAME_SIZE)
		return false;
	for (size_t i = 0; i < len; i++)
		normal[i] = text_lower_char(name[i]);
	normal[len] = '\0';
	return name_is_carried(normal);
}

void name_escape(const char *name, char escaped[NAME_ESCAPED_SIZE])
{
	size_t len = 0;

	for (; *name != '\0' && len + 6 <= NAME_ESCAPED_SIZE; name++) {
		unsigned octet = (unsigned char)*name;

		if (text_is_alnum(*name) || *name == '-' || *name == '_' || *name == '.') {
			escaped[len++] = *name;
			continue;
		}
		escaped[len++] = '\\';
		escaped[len++] = (char)('0' + octet / 100);
		escaped[len++] = (char)('0' + octet / 10 % 10);
		escaped[len++] = (char)('0' + octet % 10);
	}
	escaped[len++] = '.';
	escaped[len] = '\0';
}

static uint64_t rotated(uint64_t word, unsigned bits)
{
	return word << bits | word >> (64 - bits);
}

static void stir(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotated(v[1], 13) ^ v[0];
	v[0] = rotated(v[0], 32);
	v[2] += v[3];
	v[3] = rotated(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotated(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotated(v[1], 17) ^ v[2];
	v[2] = rotated(v[2], 32);
}

static void absorb(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	stir(v);
	v[0] ^= word;
}

uint64_t name_hash(const uint64_t keys[2], const void *octets, size_t len)
{
	uint64_t v[4] = {
		keys[0] ^ 0x736f6d6570736575u,
		keys[1] ^ 0x646f72616e646f6du,
		keys[0] ^ 0x6c7967656e657261u,
		keys[1] ^ 0x7465646279746573u,
	};
	const uint8_t *at = octets;
	uint64_t last = (uint64_t)len << 56, word;

	for (size_t left = len; left >= sizeof word; left -= sizeof word, at += sizeof word) {
		memcpy(&word, at, sizeof word);
		absorb(v, word);
	}
	for (size_t i = 0; i < len % sizeof word; i++)
		last |= (uint64_t)at[i] << (8 * i);
	absorb(v, last);
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		stir(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}
