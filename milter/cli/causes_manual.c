#include "cli/causes_manual.h"

#include "base/page.h"
#include "diagnose/diagnosis.h"

#include <string.h>

static const char introduction[] =
	".\\\" Made from milter/diagnose/causes.def: sekisho explain --manual\n"
	".Dd November 21, 2026\n"
	".Dt SEKISHO-CAUSES 7\n"
	".Os\n"
	".Sh NAME\n"
	".Nm sekisho-causes\n"
	".Nd what is wrong with a mail, by the codes of sekisho\n"
	".Sh DESCRIPTION\n"
	"For each verdict that is not\n"
	".Dq pass ,\n"
	".Xr sekishod 8\n"
	"logs at least one cause, the one that explains most first.\n"
	"A cause is a code of this page, a sentence with what was found, who must act,\n"
	"and what to do.\n"
	".Dq Nm sekisho Cm explain Ar CODE\n"
	"prints one of them, also in Japanese.\n"
	".Pp\n"
	"Words in {braces} come from the message and its DNS.\n"
	"Where an item has no\n"
	".Dq Fix ,\n"
	"nothing is to be done: the mail is forged, or all is as it should be.\n"
	".Ss How sure it is\n"
	".Bl -tag -width proven -compact\n"
	".It Sy proven\n"
	"It can be computed, or read in a record: the key that is published does not fit\n"
	"the signature; the record has a typing error at this place.\n"
	".It Sy strong\n"
	"Several facts that do not depend on each other say so, and none speaks against\n"
	"it.\n"
	".It Sy likely\n"
	"The best explanation of what was seen.\n"
	".El\n"
	".Ss How serious it is\n"
	".Bl -tag -width \"for information\" -compact\n"
	".It Sy critical\n"
	"Act now: a private key is public, or this site gets no answers from DNS.\n"
	".It Sy high\n"
	"Good mail fails, or forged mail passes, until somebody acts.\n"
	".It Sy medium\n"
	"Some mail fails, or will.\n"
	".It Sy low\n"
	"To be tidied up.\n"
	".It Sy for information\n"
	"Explains the verdict; nobody need act on it.\n"
	".El\n"
	".Sh CAUSES\n";

static const char see_also[] = ".Sh SEE ALSO\n"
			       ".Xr sekisho 1 ,\n"
			       ".Xr sekisho.conf 5 ,\n"
			       ".Xr sekishod 8\n";

/* The sections, in this order; every method of causes.def is one. */
static const char *const sections[][2] = {
	{"spf", "SPF"},
	{"dkim", "DKIM"},
	{"dmarc", "DMARC and From"},
	{"arc", "ARC"},
	{"dns", "The sender's DNS"},
	{"iprev", "The client's names"},
	{"helo", "HELO"},
	{"rx", "This site"},
};

const char *severity_name(const char *severity)
{
	static const char *const names[][2] = {
		{"crit", "critical"},
		{"high", "high"},
		{"med", "medium"},
		{"low", "low"},
		{"info", "for information"},
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (strcmp(names[i][0], severity) == 0)
			return names[i][1];
	return severity;
}

static void add_cause(struct page *page, const struct cause_row *row)
{
	buf_printf(&page->out, ".It Sy %s\n", row->code);
	page_text(page, row->summary_en);
	buf_printf(&page->out, ".br\n.Em Severity :\n%s.\n", severity_name(row->severity));
	buf_printf(&page->out, ".Em Must act :\n%s.\n", cause_actor_name(row->act, LANGUAGE_EN));
	if (row->fix_en[0] == '\0')
		return;
	buf_text(&page->out, ".br\n.Em Fix :\n");
	page_text(page, row->fix_en);
}

static void add_section(struct page *page, const char *method, const char *title)
{
	buf_printf(&page->out, ".Ss %s\n.Bl -tag -width Ds\n", title);
	for (int cause = CAUSE_NONE + 1; cause < CAUSE_COUNT; cause++) {
		const struct cause_row *row = cause_row((enum cause)cause);

		if (strcmp(row->method, method) == 0)
			add_cause(page, row);
	}
	buf_text(&page->out, ".El\n");
}

const char *causes_manual(struct arena *arena)
{
	struct page page = {.out = buf_in(arena), .prefix = "", .sentence_by_line = true, .is_roff = true};

	buf_text(&page.out, introduction);
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		add_section(&page, sections[i][0], sections[i][1]);
	buf_text(&page.out, see_also);
	return page.out.data;
}
