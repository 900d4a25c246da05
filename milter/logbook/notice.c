#include "logbook/notice.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buf.h"
#include "base/text.h"
#include "diagnose/fix_layout.h"
#include "diagnose/sentence.h"
#include "logbook/stamp.h"
#include "logbook/translation.h"
#include "logbook/words.h"

#include <stdlib.h>
#include <string.h>

enum {
	SAMPLES_MAX = 6,
	CAUSES_SHOWN = 6,
	CAUSES_LOOKED_AT = 100,
	PIECE_SHOWN = 253,
	TEXT_SHOWN = 1300,
	MAIL_COLUMNS = 74, /* RFC 5322 section 2.1.1 recommends at most 78 */
};

/* The newest message of one cause. */
struct sample {
	char code[64], queue_id[104], client[48], name[256], spf[12], dkim[12], dmarc[12];
	int64_t time;
};

struct notice {
	struct sample samples[SAMPLES_MAX];
	size_t count;
};

struct notice *notice_new(void)
{
	struct notice *notice = calloc(1, sizeof *notice);

	if (notice == NULL)
		abort();
	return notice;
}

void notice_free(struct notice **notice)
{
	free(*notice);
	*notice = NULL;
}

static void keep(char *to, size_t size, struct span text)
{
	size_t len = text.len < size ? text.len : size - 1;

	memcpy(to, text.at, len);
	to[len] = '\0';
}

static struct sample *sample_for(struct notice *notice, struct span code)
{
	for (size_t i = 0; i < notice->count; i++)
		if (entry_says(code, notice->samples[i].code))
			return &notice->samples[i];
	return notice->count < SAMPLES_MAX ? &notice->samples[notice->count++] : NULL;
}

void notice_add(struct notice *notice, const struct entry *entry)
{
	struct sample *sample;

	if (entry->cause_count == 0)
		return;
	sample = sample_for(notice, entry->causes[0].code);
	if (sample == NULL)
		return;
	sample->time = entry->time;
	keep(sample->code, sizeof sample->code, entry->causes[0].code);
	keep(sample->queue_id, sizeof sample->queue_id, entry->fields[FIELD_QUEUE_ID]);
	keep(sample->client, sizeof sample->client, entry->fields[FIELD_CLIENT]);
	keep(sample->name, sizeof sample->name, entry->fields[FIELD_CLIENT_NAME]);
	keep(sample->spf, sizeof sample->spf, entry->fields[FIELD_SPF]);
	keep(sample->dkim, sizeof sample->dkim, entry->fields[FIELD_DKIM]);
	keep(sample->dmarc, sizeof sample->dmarc, entry->fields[FIELD_DMARC]);
}

/* Templates as those of causes: {words} are filled in. */
struct phrases {
	const char *subject, *greeting, *opening, *failing, *cause, *todo, *actor, *examples, *closing;
};

static const struct phrases phrases[] = {
	[LANGUAGE_EN] =
		{
			"Mail from {domain} is not authenticated properly",
			"To the mail administrator of {domain},",
			"we are the mail server {receiver}. Between {first} and {last} we received "
			"{messages} "
			"messages from {domain}. In {caused} of them the authentication (SPF, DKIM, DMARC) "
			"has something to mend.",
			"{fails} of them fail DMARC; other receivers may refuse them or put them into the "
			"spam "
			"folder.",
			"{count} messages, the first at {first}, the last at {last}:",
			"What to do:",
			"Who can do it: {actor}.",
			"Examples, one of each kind (the id is our queue id):",
			"The messages themselves were not kept. We would be glad to be told when it is "
			"mended, "
			"and to look again.",
		},
	[LANGUAGE_JA] =
		{
			"{domain} からのメールの認証設定について",
			"{domain} メール管理者様",
			"メールサーバー {receiver} です。{first} から {last} までに、{domain} から "
			"{messages} "
			"通のメールを受信しました。このうち {caused} "
			"通で、送信ドメイン認証（SPF・DKIM・DMARC）に直すべき点があります。",
			"{fails} "
			"通はDMARCに不合格です。他の受信者では拒否や迷惑メール扱いになるおそれがあります。",
			"{count} 通（最初 {first}、最後 {last}）：",
			"対処：",
			"対応できる方：{actor}",
			"実例（種類ごとに1通、IDは当方のキューID）：",
			"メール本文は保存していません。修正後にご連絡いただければ、改めて確認いたします。",
		},
};

/* RFC 2047, in words of at most 45 octets each, cut between characters. */
static void print_subject(const struct paper *paper, const char *subject)
{
	const char *between = "Subject: ";
	bool ascii = true;

	for (const char *at = subject; *at != '\0'; at++)
		ascii = ascii && text_is_printable(*at);
	if (ascii) {
		(void)fprintf(paper->file, "Subject: %s\n", subject);
		return;
	}
	while (*subject != '\0') {
		size_t len = strlen(subject) < 42 ? strlen(subject) : 42;

		while (((unsigned char)subject[len] & 0xc0) == 0x80)
			len--;
		(void)fprintf(paper->file, "%s=?UTF-8?B?%s?=\n", between,
			base64_encode(paper->arena, (struct octets){(const uint8_t *)subject, len}));
		between = " ";
		subject += len;
	}
}

static const char *fill(
	const struct paper *paper, const char *template, const struct detail *items, size_t count)
{
	const struct details details = {.items = items, .count = count};

	return sentence_fill(template, &details, paper->arena, NULL);
}

static void print_head(
	const struct paper *paper, const struct census *census, const char *receiver, int64_t now)
{
	const char *domain = census->filter.domain;
	char date[STAMP_SIZE];

	(void)fprintf(paper->file, "From: postmaster@%s\nTo: postmaster@%s\nDate: %s\n", receiver, domain,
		stamp_mail(now, date));
	print_subject(paper, fill(paper, phrases[paper->language].subject,
				     (const struct detail[]){{"domain", domain}}, 1));
	(void)fprintf(paper->file, "MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
				   "Content-Transfer-Encoding: 8bit\nAuto-Submitted: auto-generated\n\n");
}

static const char *time_words(int64_t time, char text[STAMP_SIZE])
{
	return time == 0 ? "?" : stamp_minute(time, text);
}

static void print_opening(const struct paper *paper, const struct census *census, const char *receiver)
{
	const struct phrases *say = &phrases[paper->language];
	char first[STAMP_SIZE], last[STAMP_SIZE];
	const struct detail details[] = {{"receiver", receiver}, {"first", time_words(census->first, first)},
		{"last", time_words(census->last, last)},
		{"messages", grouped(census->records, paper->arena)}, {"domain", census->filter.domain},
		{"caused", grouped(census->caused, paper->arena)},
		{"fails", grouped(census->outcomes[OUTCOME_FAIL], paper->arena)}};
	const size_t count = sizeof details / sizeof details[0];

	(void)fprintf(paper->file, "%s\n\n", fill(paper, say->greeting, details, count));
	paper_paragraph(paper, INK_PLAIN, fill(paper, say->opening, details, count), 0);
	if (census->outcomes[OUTCOME_FAIL] > 0)
		paper_paragraph(paper, INK_PLAIN, fill(paper, say->failing, details, count), 0);
}

/* Only what somebody on their side can mend. */
static bool is_theirs(const struct cause_row *row)
{
	static const char *const acts[] = {"sd", "sm", "sw", "tp"};

	for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++)
		if (strcmp(row->act, acts[i]) == 0)
			return true;
	return false;
}

/* Like paper_paragraph, for text that has its own lines. */
static void print_lines(const struct paper *paper, const char *text, const char *indent)
{
	(void)fprintf(paper->file, "%s%s\n", indent, fix_layout(text, indent, paper->arena));
}

static void print_cause(const struct paper *paper, const struct tally_row *cause, size_t number)
{
	const struct phrases *say = &phrases[paper->language];
	const struct cause_row *row = cause_row(cause_of_code(cause->key));
	char first[STAMP_SIZE], last[STAMP_SIZE];
	const struct detail details[] = {{"count", grouped(cause->count, paper->arena)},
		{"first", time_words(cause->first, first)}, {"last", time_words(cause->last, last)},
		{"actor", cause_actor_name(row->act, paper->language)}};
	const size_t count = sizeof details / sizeof details[0];

	(void)fprintf(paper->file, "\n%zu. %s\n", number, fill(paper, say->cause, details, count));
	paper_paragraph(paper, INK_PLAIN,
		paper_safe(paper, sentence_in(paper->language, cause->key, cause->note, paper->arena),
			TEXT_SHOWN),
		3);
	if (cause->more[0] != '\0') {
		(void)fprintf(paper->file, "   %s\n", say->todo);
		print_lines(paper,
			paper_safe(paper, fix_in(paper->language, cause->key, cause->more, paper->arena),
				TEXT_SHOWN),
			"     ");
	}
	(void)fprintf(paper->file, "   %s\n", fill(paper, say->actor, details, count));
}

static void print_sample(const struct paper *paper, const struct sample *sample)
{
	char time[STAMP_SIZE];

	(void)fprintf(paper->file, "  %s  %s\n    client %s%s%s%s\n    spf=%s dkim=%s dmarc=%s  %s\n",
		sample->time == 0 ? "?" : stamp_second(sample->time, time),
		paper_safe(paper, sample->queue_id, PIECE_SHOWN),
		paper_safe(paper, sample->client, PIECE_SHOWN), sample->name[0] != '\0' ? " (" : "",
		paper_safe(paper, sample->name, PIECE_SHOWN), sample->name[0] != '\0' ? ")" : "",
		paper_safe(paper, sample->spf, PIECE_SHOWN), paper_safe(paper, sample->dkim, PIECE_SHOWN),
		paper_safe(paper, sample->dmarc, PIECE_SHOWN), paper_safe(paper, sample->code, PIECE_SHOWN));
}

static bool is_theirs_sample(const struct sample *sample)
{
	return is_theirs(cause_row(cause_of_code(sample->code)));
}

bool notice_print(const struct paper *paper, const struct notice *notice, const struct census *census,
	const char *receiver, int64_t now)
{
	const struct tally_row *causes[CAUSES_LOOKED_AT];
	size_t count = tally_top(census->causes, causes, CAUSES_LOOKED_AT), told = 0;
	struct paper mail = *paper;

	mail.columns = MAIL_COLUMNS;
	mail.colour = false;
	for (size_t i = 0; i < count && told < CAUSES_SHOWN; i++) {
		if (!is_theirs(cause_row(cause_of_code(causes[i]->key))))
			continue;
		if (told++ == 0) {
			print_head(&mail, census, receiver, now);
			print_opening(&mail, census, receiver);
		}
		print_cause(&mail, causes[i], told);
	}
	if (told == 0)
		return false;
	(void)fprintf(mail.file, "\n%s\n", phrases[mail.language].examples);
	for (size_t i = 0; i < notice->count; i++)
		if (is_theirs_sample(&notice->samples[i]))
			print_sample(&mail, &notice->samples[i]);
	(void)fputc('\n', mail.file);
	paper_paragraph(&mail, INK_PLAIN, phrases[mail.language].closing, 0);
	(void)fprintf(mail.file, "\n-- \npostmaster@%s\n", receiver);
	return true;
}
