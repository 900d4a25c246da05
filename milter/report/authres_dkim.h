/* DKIM in Gmail's words: one table from verdict and fault to result word and reason. */
#ifndef REPORT_AUTHRES_DKIM_H
#define REPORT_AUTHRES_DKIM_H

#include "facts/signature_verdict.h"

struct arena;

struct signature_words {
	enum result shown;  /* as Gmail shows it; pass if and only if the verdict is pass */
	const char *reason; /* the comment in the header; "" for none */
};

struct signature_words signature_words_of(const struct signature_verdict *signature);

/* Our own, finer words for the log: "b= is not base64". "" for pass without a remark. */
const char *signature_fault_words(enum signature_fault fault);

/* "dkim=pass header.i=@example.com header.s=sel header.b=AbCd1234". */
const char *signature_result(const struct signature_verdict *signature, struct arena *arena);

/* The signer as shown, without "@": domain of i= with its case, A-labels for 8-bit names; "" if none. */
const char *signature_domain_shown(const struct signature_verdict *signature, struct arena *arena);

#endif
