#include "cli/domain_text.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/text.h"
#include "diagnose/fix_layout.h"
#include "diagnose/sentence.h"
#include "survey/survey.h"

#include <string.h>

enum { RECORD_SHOWN = 600, WORD_SHOWN = 120, DEPTH_DRAWN = 16 };

struct page {
	const struct survey *survey;
	struct arena *arena;
	enum language language;
	FILE *out;
};

/* One of two words, by the language. */
__attribute__((format_arg(2), format_arg(3))) static const char *say(
	const struct page *page, const char *english, const char *japanese)
{
	return page->language == LANGUAGE_JA ? japanese : english;
}

static const char *safe(const struct page *page, const char *text)
{
	return sentence_quote(text, WORD_SHOWN, page->arena);
}

static const char *note_words(const struct page *page, enum chart_note note)
{
	switch (note) {
	case CHART_FINE:
		break;
	case CHART_NOT_REACHED:
		return say(page, "never reached: behind \"all\"", "「all」の後ろにあり評価されません");
	case CHART_IGNORED:
		return say(page, "ignored", "無視されます");
	case CHART_BROKEN:
		return say(page, "not understood: SPF permerror", "構文エラー（permerror）");
	case CHART_NO_NAME:
		return say(page, "does not exist", "存在しません");
	case CHART_NO_RECORD:
		return say(page, "has no such record", "該当レコードがありません");
	case CHART_SEVERAL_RECORDS:
		return say(page, "has several SPF records", "SPFレコードが複数あります");
	case CHART_LOOP:
		return say(page, "leads back here: a loop", "循環しています");
	case CHART_PER_SENDER:
		return say(page, "depends on the sender", "送信者によって変わります");
	case CHART_TROUBLE:
		return say(page, "no answer from DNS", "DNSの応答がありません");
	case CHART_TOO_MANY:
		return say(page, "more than ten MX hosts", "MXホストが10を超えています");
	case CHART_DISCOURAGED:
		return say(page, "slow, and not to be used", "低速で非推奨です");
	case CHART_CUT:
		return say(page, "not followed: too much", "多すぎるため省略しました");
	}
	return "";
}

/* "2 lookups, 1 void", of a branch. */
static const char *cost_words(const struct page *page, unsigned lookups, unsigned voids)
{
	const char *text = arena_printf(
		page->arena, say(page, lookups == 1 ? "%u lookup" : "%u lookups", "参照%u回"), lookups);

	return voids == 0
		       ? text
		       : arena_printf(page->arena, say(page, "%s, %u void", "%s・空振り%u回"), text, voids);
}

static const char *remark_of(const struct page *page, const struct chart_line *line)
{
	struct buf out = buf_in(page->arena);
	const char *note = note_words(page, line->note);

	if (line->detail[0] != '\0')
		buf_printf(&out, "  → %s", safe(page, line->detail));
	if (line->lookups > 0)
		buf_printf(&out, "  (%s)", cost_words(page, line->lookups, line->voids));
	if (note[0] != '\0')
		buf_printf(&out, "  ! %s", note);
	return out.data;
}

static void print_chart(const struct page *page)
{
	const struct spf_chart *chart = &page->survey->spf;
	bool open[DEPTH_DRAWN] = {false}; /* a line of that depth follows */

	for (size_t i = 0; i < chart->count; i++) {
		const struct chart_line *line = &chart->lines[i];
		int depth = line->depth < DEPTH_DRAWN ? line->depth : DEPTH_DRAWN - 1;

		(void)fputs("       ", page->out);
		for (int level = 0; level < depth; level++)
			(void)fputs(open[level] ? "│  " : "   ", page->out);
		open[depth] = !line->last;
		fprintf(page->out, "%s %s%s\n", line->last ? "└─" : "├─", safe(page, line->text),
			remark_of(page, line));
	}
}

static const char *role_words(const struct page *page, const struct sender *sender)
{
	switch (sender->role) {
	case SENDER_EXCHANGER:
		return say(page, "host of the MX", "MXのホスト");
	case SENDER_WEB:
		return say(page, "address of the domain itself", "ドメイン自身のアドレス");
	case SENDER_LISTED:
		return say(page, "listed in the record", "SPFに記載");
	default:
		return say(page, "asked about", "指定されたアドレス");
	}
}

static void print_sender(const struct page *page, const struct sender *sender)
{
	const struct spf_term *by = sender->spf.decided_by;
	char address[NETADDR_TEXT_SIZE];

	fprintf(page->out, "       %s (%s%s%s): %s%s%s\n", netaddr_format(&sender->address, address),
		role_words(page, sender), sender->ptr[0] != '\0' ? ", " : "", safe(page, sender->ptr),
		result_word(sender->spf.result), by == NULL ? "" : say(page, " by ", "  一致: "),
		by == NULL ? "" : safe(page, by->text));
}

static void print_spf(const struct page *page)
{
	const struct spf_chart *chart = &page->survey->spf;
	const struct senders *senders = &page->survey->senders;

	fprintf(page->out, "SPF    %s\n",
		chart->record[0] != '\0' ? sentence_quote(chart->record, RECORD_SHOWN, page->arena)
					 : say(page, "no record", "レコードなし"));
	if (chart->record[0] != '\0') {
		fprintf(page->out,
			say(page, "       %zu octets, %u of 10 lookups, %u of 2 void\n",
				"       %zuバイト、DNS参照 %u/10、空振り %u/2\n"),
			chart->record_octets, chart->lookups, chart->voids);
		print_chart(page);
	}
	for (size_t i = 0; i < senders->count; i++)
		if (senders->items[i].role != SENDER_NOBODY)
			print_sender(page, &senders->items[i]);
}

static const char *exchanger_words(const struct page *page, const struct exchanger *exchanger)
{
	switch (exchanger->state) {
	case EXCHANGER_FINE:
		break;
	case EXCHANGER_IS_ADDRESS:
		return say(page, "  ! an IP address, not a host name", "  ! ホスト名ではなくIPアドレスです");
	case EXCHANGER_NULL:
		return say(page, "accepts no mail (null MX)", "受信しない宣言（null MX）");
	case EXCHANGER_IS_ALIAS:
		return arena_printf(page->arena,
			say(page, "  ! an alias (CNAME) of %s", "  ! %s の別名（CNAME）です"),
			safe(page, exchanger->alias_of));
	case EXCHANGER_WITHOUT_HOST:
		return say(page, "  ! has no address", "  ! アドレスがありません");
	case EXCHANGER_PRIVATE:
		return say(page, "  ! private: nobody can reach it",
			"  ! プライベートアドレスのため到達できません");
	case EXCHANGER_TROUBLE:
		return say(page, "  ! no answer from DNS", "  ! DNSの応答がありません");
	}
	return "";
}

static void print_exchangers(const struct page *page)
{
	const struct exchangers *mx = &page->survey->mx;
	const char *label = "MX ";

	if (mx->count == 0)
		fprintf(page->out, "MX     %s\n",
			answer_is_trouble(mx->answer)
				? say(page, "no answer from DNS", "DNSの応答がありません")
				: say(page, "none", "なし"));
	for (size_t i = 0; i < mx->count; i++, label = "   ")
		fprintf(page->out, "%s    %u %s  %s%s\n", label, mx->items[i].preference,
			safe(page, mx->items[i].host), safe(page, mx->items[i].addresses),
			exchanger_words(page, &mx->items[i]));
	if (mx->all > mx->count)
		fprintf(page->out, say(page, "       and %zu more\n", "       ほか%zu件\n"),
			mx->all - mx->count);
}

static const char *key_words(const struct page *page, const struct selector *selector)
{
	const struct signature_verdict *key = &selector->key;

	if (key->fault == SIGFAULT_KEY_ABSENT)
		return say(page, "! no key", "! 鍵がありません");
	if (key->fault == SIGFAULT_KEY_DNS)
		return say(page, "! no answer from DNS", "! DNSの応答がありません");
	if (key->fault == SIGFAULT_KEY_REVOKED)
		return say(page, "revoked (empty p=)", "失効（p=が空）");
	if (key->result != RESULT_PASS)
		return say(page, "! unusable", "! 使用できません");
	if (text_starts(key->algorithm, "ed25519"))
		return "Ed25519";
	return arena_printf(page->arena, say(page, "RSA, %u bits", "RSA %uビット"), key->key_bits);
}

static void print_selector(const struct page *page, const struct selector *selector, const char *label)
{
	fprintf(page->out, "%s   %s  %s", label, safe(page, selector->name), key_words(page, selector));
	if (selector->alias_of[0] != '\0')
		fprintf(page->out, "  → %s", safe(page, selector->alias_of));
	if (selector->key.test_mode)
		(void)fputs("  (t=y)", page->out);
	if (selector->same_as[0] != '\0')
		fprintf(page->out,
			say(page, "  ! the same key as under %s: only one of two services can be its owner",
				"  ! %s と同じ鍵です（別のサービスの鍵を登録した可能性があります）"),
			safe(page, selector->same_as));
	(void)fputs("\n", page->out);
}

static void print_keys(const struct page *page)
{
	const struct selectors *selectors = &page->survey->selectors;
	const char *label = "DKIM";

	for (size_t i = 0; i < selectors->count; i++) {
		const struct selector *selector = &selectors->items[i];

		if (!selector->found && selector->origin != SELECTOR_ASKED)
			continue;
		print_selector(page, selector, label);
		label = "    ";
	}
	fprintf(page->out, "%s   ", label);
	if (selectors->wildcard)
		fprintf(page->out, "%s\n",
			say(page, "a wildcard answers for every selector; what it says is left out",
				"ワイルドカードが全てのセレクタに応答しています（表示は省略）"));
	else if (page->survey->keys_elsewhere)
		fprintf(page->out,
			say(page, "%zu names tried; there are keys under others: name them with --selector\n",
				"候補%zu件を確認。別名の鍵があるようです（--selector で指定してください）\n"),
			selectors->count);
	else
		fprintf(page->out,
			say(page, "%zu names tried (DNS does not list selectors)\n",
				"候補%zu件を確認（DNSからセレクタの一覧は得られません）\n"),
			selectors->count);
}

static void print_policy(const struct page *page)
{
	const struct dmarc_verdict *dmarc = &page->survey->dmarc;

	fprintf(page->out, "DMARC  %s\n",
		dmarc->record[0] != '\0' ? sentence_quote(dmarc->record, RECORD_SHOWN, page->arena)
					 : say(page, "no record", "レコードなし"));
	if (dmarc->record_domain[0] != '\0')
		fprintf(page->out,
			say(page, "       at _dmarc.%s; policy for this domain: %s%s\n",
				"       _dmarc.%s のレコード。このドメインのポリシー: %s%s\n"),
			dmarc->record_domain, dmarc_policy_word(dmarc->policy),
			dmarc->testing ? " (t=y)" : "");
}

static void print_presence(const struct page *page)
{
	const struct survey *survey = page->survey;
	const char *yes = say(page, "yes", "あり"), *no = say(page, "no", "なし");

	fprintf(page->out, "%s   MTA-STS %s · TLS-RPT %s · BIMI %s\n", say(page, "also", "他  "),
		survey->mta_sts ? yes : no, survey->tls_reports ? yes : no, survey->bimi ? yes : no);
}

static void print_finding(const struct page *page, const struct survey_finding *finding)
{
	const struct diagnosis *diagnosis = &finding->diagnosis;
	const struct cause_row *row = cause_row(diagnosis->cause);

	fprintf(page->out, "\n%s (%s)%s%s\n", row->code, confidence_word(diagnosis->confidence),
		finding->about[0] != '\0' ? "  " : "", safe(page, finding->about));
	if (finding->only_if_sends)
		fprintf(page->out,
			say(page, "  only if %s sends mail of %s:\n", "  %s が %s のメールを送信する場合:\n"),
			finding->about, page->survey->domain);
	fprintf(page->out, "  %s\n", diagnosis->summary);
	if (diagnosis->fix[0] != '\0')
		fprintf(page->out, "  %s: %s\n  %s: %s\n", say(page, "who must act", "対応者"),
			cause_actor_name(row->act, page->language), say(page, "fix", "対処"),
			fix_layout(diagnosis->fix, "    ", page->arena));
}

static void print_proposal(const struct page *page)
{
	const struct proposal *proposal = &page->survey->proposal;
	char address[NETADDR_TEXT_SIZE];

	if (proposal->line[0] == '\0')
		return;
	fprintf(page->out,
		say(page,
			"\nIf %s is to send mail of %s, publish (tried: it passes with %u of 10 lookups)\n   "
			" %s\n",
			"\n%s から %s のメールを送信する場合に登録するレコード（検証済み: pass、DNS参照 "
			"%u/10）\n    %s\n"),
		netaddr_format(&page->survey->senders.items[0].address, address), page->survey->domain,
		proposal->lookups, proposal->line);
}

void domain_text_print(const struct survey *survey, enum language language, struct arena *arena, FILE *out)
{
	const struct page page = {.survey = survey, .arena = arena, .language = language, .out = out};

	fprintf(out, "%s\n\n", survey->domain);
	print_spf(&page);
	print_exchangers(&page);
	print_keys(&page);
	print_policy(&page);
	print_presence(&page);
	for (size_t i = 0; i < survey->finding_count; i++)
		print_finding(&page, &survey->findings[i]);
	print_proposal(&page);
	if (survey->partial)
		fprintf(out, "\n%s\n",
			say(&page, "Some questions had no answer, or were too many: this is not everything.",
				"応答のない問い合わせ、または上限超過があり、結果は一部です。"));
	if (!survey_is_bad(survey))
		fprintf(out, "\n%s\n",
			survey->finding_count == 0
				? say(&page, "Nothing is wrong.", "問題はありません。")
				: say(&page, "Nothing else is wrong.", "ほかに問題はありません。"));
}
