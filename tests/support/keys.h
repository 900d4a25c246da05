/* Private keys (PEM) for the tests alone: anybody can read them here, so nobody may use them. */
#ifndef TESTS_KEYS_H
#define TESTS_KEYS_H

extern const char KEY_RSA_512[];
extern const char KEY_RSA_1023[];
extern const char KEY_RSA_1024[];
extern const char KEY_RSA_2048[];
extern const char KEY_RSA_2048_OTHER[];
extern const char KEY_RSA_4096[];
extern const char KEY_RSA_4160[];
extern const char KEY_ED25519_ONE[];
extern const char KEY_ED25519_OTHER[];

#endif
