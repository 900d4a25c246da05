/* A milter that reads everything, asks for no replies and decides nothing: what libmilter itself costs.
 *
 *     null_milter SOCKET
 */
#include <libmilter/mfapi.h>
#include <stdio.h>
#include <sys/stat.h>

static sfsistat on_negotiate(SMFICTX *context, unsigned long actions, unsigned long protocol,
	unsigned long f2, unsigned long f3, unsigned long *actions_wanted, unsigned long *protocol_wanted,
	unsigned long *f2_wanted, unsigned long *f3_wanted)
{
	static const unsigned long silent = SMFIP_NOUNKNOWN | SMFIP_NODATA | SMFIP_SKIP | SMFIP_HDR_LEADSPC |
					    SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_MAIL | SMFIP_NR_RCPT |
					    SMFIP_NR_HDR | SMFIP_NR_EOH;

	(void)context;
	(void)f2;
	(void)f3;
	*actions_wanted = actions & SMFIF_ADDHDRS;
	*protocol_wanted = protocol & silent;
	*f2_wanted = *f3_wanted = 0;
	return SMFIS_CONTINUE;
}

static sfsistat on_connect(SMFICTX *context, char *host, _SOCK_ADDR *address)
{
	(void)context;
	(void)host;
	(void)address;
	return SMFIS_NOREPLY;
}

static sfsistat on_helo(SMFICTX *context, char *helo)
{
	(void)context;
	(void)helo;
	return SMFIS_NOREPLY;
}

static sfsistat on_path(SMFICTX *context, char **arguments)
{
	(void)context;
	(void)arguments;
	return SMFIS_NOREPLY;
}

static sfsistat on_header(SMFICTX *context, char *name, char *value)
{
	(void)context;
	(void)name;
	(void)value;
	return SMFIS_NOREPLY;
}

static sfsistat on_headers_done(SMFICTX *context)
{
	(void)context;
	return SMFIS_NOREPLY;
}

static sfsistat on_body(SMFICTX *context, unsigned char *octets, size_t len)
{
	(void)context;
	(void)octets;
	(void)len;
	return SMFIS_CONTINUE;
}

static sfsistat on_end(SMFICTX *context)
{
	char name[] = "Authentication-Results", value[] = " mx.bench.test; none";

	(void)smfi_insheader(context, 0, name, value);
	return SMFIS_CONTINUE;
}

int main(int argc, char **argv)
{
	char name[] = "null";
	const struct smfiDesc description = {
		.xxfi_name = name,
		.xxfi_version = SMFI_VERSION,
		.xxfi_flags = SMFIF_ADDHDRS,
		.xxfi_connect = on_connect,
		.xxfi_helo = on_helo,
		.xxfi_envfrom = on_path,
		.xxfi_envrcpt = on_path,
		.xxfi_header = on_header,
		.xxfi_eoh = on_headers_done,
		.xxfi_body = on_body,
		.xxfi_eom = on_end,
		.xxfi_negotiate = on_negotiate,
	};

	if (argc != 2 || smfi_register(description) != MI_SUCCESS || smfi_setconn(argv[1]) != MI_SUCCESS) {
		fputs("usage: null_milter SOCKET\n", stderr);
		return 2;
	}
	(void)umask(0);
	return smfi_main() == MI_SUCCESS ? 0 : 1;
}
