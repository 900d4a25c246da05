#include "inspect/skip.h"

#include "base/text.h"
#include "message/envelope.h"
#include "settings/settings.h"

/* ".example.com" in the list means everything below example.com, "example.com" itself and below. */
static bool is_listed(const struct text_list *list, const char *domain)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *item = list->items[i];

		if (item[0] == '.' ? text_ends(domain, item) : domain_is_below(domain, item))
			return true;
	}
	return false;
}

const char *skip_reason(const struct envelope *envelope, const struct settings *settings)
{
	if (settings->skip_authenticated && envelope->auth_user[0] != '\0')
		return "authenticated";
	if (network_list_contains(&settings->skip_networks, &envelope->client))
		return "network";
	if (envelope->sender.domain.name[0] != '\0' &&
		is_listed(&settings->skip_sender_domains, envelope->sender.domain.name))
		return "sender-domain";
	return "";
}
