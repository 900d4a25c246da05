/* A message that nobody sent: what the diagnosis would say of one from this domain. A scene holds what
 * the rooms of diagnose/ look at; it asks what they note and runs them again, as for a real message. */
#ifndef SURVEY_SCENE_H
#define SURVEY_SCENE_H

#include "diagnose/diagnosis.h"
#include "message/author.h"
#include "message/envelope.h"
#include "message/header_list.h"
#include "verify/verify.h"

/* Per scene and survey; ours. A zone of a stranger shall not make us ask all night. */
enum { SCENE_QUESTIONS_MAX = 24, SURVEY_QUESTIONS_MAX = 400, SURVEY_WAIT_MS = 30000 };

struct scene {
	struct envelope envelope;
	struct header_list header;
	struct author author;
	struct work work;
	struct verdicts verdicts; /* whoever sets the scene fills in what the topic is about */
	struct remembered_keys remembered;
	enum language language;
	bool partial; /* a limit left something undone */
};

/* postmaster@domain writes; the client is unknown so far. The tools hold libraries, settings, suffixes,
 * dns, client, arena and the time. The scene must not move. */
void scene_set(struct scene *scene, const struct work *tools, const char *domain);

/* Who sends: evaluates SPF and the reverse name. Waits for DNS. */
void scene_send(struct scene *scene, const struct netaddr *client);

/* Waits for DNS, within the budget of the tools' client. */
struct diagnoses scene_diagnose(struct scene *scene, enum topic topic);

#endif
