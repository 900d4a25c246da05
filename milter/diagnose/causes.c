#include "diagnose/diagnosis.h"

#include <string.h>

static const struct cause_row rows[CAUSE_COUNT] = {
	[CAUSE_NONE] = {"", "", 10, "info", "nobody", "", "", "", ""},
#define CAUSE(id, code, method, group, severity, act, summary_en, summary_ja, fix_en, fix_ja)                \
	[CAUSE_##id] = {code, method, group, severity, act, summary_en, summary_ja, fix_en, fix_ja},
#include "diagnose/causes.def"
#undef CAUSE
};

struct actor {
	const char *act, *name_en, *name_ja;
};

static const struct actor actors[] = {
	{"sd", "sender's DNS admin", "送信ドメインのDNS管理者"},
	{"sm", "sender's mail host", "送信側のメールサーバー管理者"},
	{"sw", "sender's web host", "送信側のWEBサーバー管理者"},
	{"tp", "third party", "第三者（includeされた事業者など）"},
	{"fw", "forwarder, list or gateway", "転送元・メーリングリスト・ゲートウェイ"},
	{"rx", "this site", "当サイト（受信側）"},
	{"us", "this site's DNS resolver", "当サイトのDNSリゾルバ"},
	{"nobody", "nobody", "対応不要"},
};

const struct cause_row *cause_row(enum cause cause)
{
	return &rows[cause > CAUSE_NONE && cause < CAUSE_COUNT ? cause : CAUSE_NONE];
}

const char *cause_summary(const struct cause_row *row, enum language language)
{
	return language == LANGUAGE_JA ? row->summary_ja : row->summary_en;
}

const char *cause_fix(const struct cause_row *row, enum language language)
{
	return language == LANGUAGE_JA ? row->fix_ja : row->fix_en;
}

enum cause cause_of_code(const char *code)
{
	for (int i = CAUSE_NONE + 1; i < CAUSE_COUNT; i++)
		if (strcmp(rows[i].code, code) == 0)
			return (enum cause)i;
	return CAUSE_NONE;
}

const char *cause_actor_name(const char *act, enum language language)
{
	for (size_t i = 0; i < sizeof actors / sizeof actors[0]; i++)
		if (strcmp(actors[i].act, act) == 0)
			return language == LANGUAGE_JA ? actors[i].name_ja : actors[i].name_en;
	return "";
}

const char *confidence_word(enum confidence confidence)
{
	switch (confidence) {
	case CONFIDENCE_PROVEN:
		return "proven";
	case CONFIDENCE_STRONG:
		return "strong";
	case CONFIDENCE_LIKELY:
		break;
	}
	return "likely";
}
