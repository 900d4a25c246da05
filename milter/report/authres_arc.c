#include "report/authres_arc.h"

#include "base/buf.h"
#include "report/sanitise.h"

/* What a comment may grow to; a line is far from 998 octets then (RFC 5322 section 2.1.1). */
enum { COMMENT_MAX = 800 };

struct row {
	const char *reason; /* in the header: Gmail's words where there is evidence, else ours */
	const char *words;  /* in the log */
};

/* Gmail-exact: "signature failed", "body hash mismatch". */
static const struct row rows[] = {
	[ARCFAULT_NONE] = {"", ""},
	[ARCFAULT_TOO_MANY_SETS] = {"too many sets", "more than 50 sets"},
	[ARCFAULT_INSTANCES] = {"invalid chain", "instances are not 1 to N"},
	[ARCFAULT_FIELD_MISSING] = {"invalid chain", "field missing"},
	[ARCFAULT_FIELD_BROKEN] = {"invalid chain", "field cannot be used"},
	[ARCFAULT_CV] = {"invalid chain", "wrong chain validation value"},
	[ARCFAULT_CV_FAIL] = {"failed before", "the newest sealer found it broken"},
	[ARCFAULT_KEY_DNS] = {"dns failure for signature", "key lookup failed"},
	[ARCFAULT_KEY_ABSENT] = {"no key for signature", "no key published"},
	[ARCFAULT_KEY_UNUSABLE] = {"invalid public key", "key cannot be used"},
	[ARCFAULT_SEAL] = {"signature failed", "seal does not verify"},
	[ARCFAULT_BODY_TOO_LARGE] = {"body too large", "body over max-body, not hashed"},
	[ARCFAULT_SIGNATURE] = {"signature failed", "message signature does not verify"},
	[ARCFAULT_BODY_HASH] = {"body hash mismatch", "body hash does not match"},
	[ARCFAULT_UNSIGNED_TAIL] = {"end of body not signed", "octets behind l= are not signed"},
};

const char *arc_fault_words(enum arc_fault fault)
{
	return rows[fault].words;
}

/* " spf=pass spfdomain=example.com", as long as there is room. */
static void add_pass(struct buf *out, const char *method, const char *property, const char *domain)
{
	const char *shown = sanitise(SANITISE_DOMAIN, domain, false, out->arena);
	size_t before = out->len;

	buf_printf(out, " %s=pass", method);
	if (shown[0] != '\0')
		buf_printf(out, " %s=%s", property, shown);
	if (out->len > COMMENT_MAX) {
		out->len = before;
		out->data[before] = '\0';
	}
}

/* What the newest sealer says has passed. */
static void add_results(struct buf *out, const struct verdicts *verdicts)
{
	const struct arc_verdict *arc = &verdicts->arc;
	const struct arc_results *results = &arc->hops[arc->set_count - 1].results;
	bool trusted = arc->vouching_trusted && arc->vouching == arc->set_count;

	if (results->spf && (trusted || verdicts->spf.result == RESULT_PASS))
		add_pass(out, "spf", "spfdomain", results->spf_domain);
	for (size_t i = 0; i < results->dkim_count; i++)
		if (trusted || verdicts_dkim_best(verdicts) == RESULT_PASS)
			add_pass(out, "dkim", "dkdomain", results->dkim_domains[i]);
	if (results->dmarc && (trusted || verdicts->dmarc.result == RESULT_PASS))
		add_pass(out, "dmarc", "fromdomain", results->author_domain);
}

const char *arc_result(const struct verdicts *verdicts, struct arena *arena)
{
	const struct arc_verdict *arc = &verdicts->arc;
	struct buf out = buf_in(arena);

	buf_printf(&out, "arc=%s", result_word(arc->result));
	if (arc->result == RESULT_PASS) {
		buf_printf(&out, " (i=%u", arc->set_count);
		if (arc->hops != NULL && arc->set_count > 0)
			add_results(&out, verdicts);
		buf_char(&out, ')');
	} else if (rows[arc->fault].reason[0] != '\0') {
		buf_printf(&out, " (%s)", rows[arc->fault].reason);
	}
	return out.data;
}
