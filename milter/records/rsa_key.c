#include "records/rsa_key.h"

#include <stdbool.h>
#include <string.h>

enum {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_SEQUENCE = 0x30,
	ANNOUNCED_MAX = 16384,     /* a header that announces more is damaged, not cut */
	EXPONENT_OCTETS_MAX = 32,  /* NIST SP 800-56B: e < 2^256; longer ones only cost time */
	PRIVATE_VERSION_OCTETS = 1 /* the version number that a private key begins with */
};

static const uint8_t rsa_algorithm[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};

struct element {
	int tag;
	size_t header;         /* octets of tag and length */
	size_t announced;      /* octets of content by the header */
	struct octets content; /* those that are there */
};

/* Reads the header of the first element. False when there is none that makes sense. */
static bool element_read(struct octets der, struct element *element)
{
	size_t len, header = 2;

	if (der.len < 2)
		return false;
	len = der.at[1];
	if (len >= 0x80) {
		size_t count = len & 0x7f;

		if (count == 0 || count > 3 || der.len < 2 + count)
			return false;
		len = 0;
		for (; header < 2 + count; header++)
			len = len << 8 | der.at[header];
	}
	if (len > ANNOUNCED_MAX)
		return false;
	*element = (struct element){
		.tag = der.at[0],
		.header = header,
		.announced = len,
		.content = {der.at + header, der.len - header < len ? der.len - header : len},
	};
	return true;
}

/* Takes the first element off *der; it must be whole and of that kind. */
static bool element_take(struct octets *der, int tag, struct octets *content)
{
	struct element element;

	if (!element_read(*der, &element) || element.tag != tag || element.content.len != element.announced)
		return false;
	*content = element.content;
	der->at += element.header + element.announced;
	der->len -= element.header + element.announced;
	return true;
}

static unsigned bits_of(struct octets number)
{
	unsigned bits = (unsigned)number.len * 8;

	if (number.len == 0)
		return 0;
	for (unsigned top = 0x80; top > number.at[0]; top >>= 1)
		bits--;
	return bits;
}

static struct octets without_zeros(struct octets number)
{
	while (number.len > 0 && number.at[0] == 0) {
		number.at++;
		number.len--;
	}
	return number;
}

/* A positive odd number: every modulus and every exponent is one. */
static bool take_odd_number(struct octets *der, struct octets *number)
{
	if (!element_take(der, DER_INTEGER, number) || number->len == 0 || number->at[0] >= 0x80)
		return false;
	*number = without_zeros(*number);
	return number->len > 0 && (number->at[number->len - 1] & 1) != 0;
}

/* RSAPublicKey: SEQUENCE { modulus, publicExponent } and nothing behind. */
static bool read_numbers(struct octets der, struct rsa_key *key)
{
	struct octets inside, exponent;

	if (!element_take(&der, DER_SEQUENCE, &inside) || der.len != 0)
		return false;
	if (!take_odd_number(&inside, &key->modulus) || !take_odd_number(&inside, &exponent) ||
		inside.len != 0)
		return false;
	if (exponent.len > EXPONENT_OCTETS_MAX || bits_of(exponent) < 2)
		return false;
	key->bits = bits_of(key->modulus);
	return true;
}

static bool is_rsa_algorithm(struct octets algorithm)
{
	return algorithm.len >= sizeof rsa_algorithm &&
	       memcmp(algorithm.at, rsa_algorithm, sizeof rsa_algorithm) == 0;
}

/* A public key of whatever algorithm: SEQUENCE { SEQUENCE { OID … }, BIT STRING }. */
static enum rsa_key_kind public_key_kind(struct octets inside, struct rsa_key *key)
{
	struct octets algorithm, bits;

	if (!element_take(&inside, DER_SEQUENCE, &algorithm))
		return RSAKEY_DAMAGED;
	if (!is_rsa_algorithm(algorithm))
		return algorithm.len > 0 && algorithm.at[0] == 0x06 ? RSAKEY_OTHER_TYPE : RSAKEY_DAMAGED;
	if (!element_take(&inside, DER_BIT_STRING, &bits) || inside.len != 0)
		return RSAKEY_DAMAGED;
	if (bits.len < 1 || bits.at[0] != 0) /* no unused bits in a whole number of octets */
		return RSAKEY_DAMAGED;
	return read_numbers((struct octets){bits.at + 1, bits.len - 1}, key) ? RSAKEY_GOOD : RSAKEY_DAMAGED;
}

struct rsa_key rsa_key_read(struct octets der)
{
	struct rsa_key key = {.kind = RSAKEY_DAMAGED};
	struct element whole, first;
	bool has_first;

	if (!element_read(der, &whole) || whole.tag != DER_SEQUENCE)
		return key;
	key.announced = whole.header + whole.announced;
	has_first = element_read(whole.content, &first);
	if (has_first && first.tag == DER_INTEGER && first.announced == PRIVATE_VERSION_OCTETS)
		key.kind = RSAKEY_PRIVATE;
	else if (key.announced > der.len)
		key.kind = RSAKEY_CUT;
	else if (key.announced < der.len || !has_first)
		key.kind = RSAKEY_DAMAGED;
	else if (first.tag == DER_INTEGER)
		key.kind = read_numbers(der, &key) ? RSAKEY_PKCS1 : RSAKEY_DAMAGED;
	else
		key.kind = public_key_kind(whole.content, &key);
	return key;
}
