/*
 * nginx serves in FIPS mode or not at all.
 *
 * Whether a program of OpenSSL 3 runs in the validated module is decided by a configuration file, and stock nginx starts
 * without one, silently, with every algorithm there is. This module looks at what libcrypto really has, each time that a
 * configuration is loaded: at the start, for `nginx -t`, and on reload, where a refusal leaves the old configuration in force.
 * It also refuses servers that would negotiate more than NIST SP 800-52 Rev. 2 with approved key agreement allows.
 * There is no directive that switches it off.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_http.h>
#include <ngx_stream.h>
#include <openssl/provider.h>
#include <openssl/core_names.h>
#include <openssl/params.h>

/* The version on certificate #4985. */
#define NGX_FIPS_PROVIDER_VERSION  "3.1.2"


static char *ngx_fips_guard_init_conf(ngx_cycle_t *cycle, void *conf);


static ngx_core_module_t  ngx_fips_guard_module_ctx = {
    ngx_string("fips_guard"),
    NULL,
    ngx_fips_guard_init_conf
};


ngx_module_t  ngx_fips_guard_module = {
    NGX_MODULE_V1,
    &ngx_fips_guard_module_ctx,            /* module context */
    NULL,                                  /* module directives */
    NGX_CORE_MODULE,                       /* module type */
    NULL,                                  /* init master */
    NULL,                                  /* init module */
    NULL,                                  /* init process */
    NULL,                                  /* init thread */
    NULL,                                  /* exit thread */
    NULL,                                  /* exit process */
    NULL,                                  /* exit master */
    NGX_MODULE_V1_PADDING
};


/*
 * Before main(): the configuration and the provider beside this program, wherever its tree was unpacked. What an operator
 * has set stays, and is judged like everything else.
 */
__attribute__((constructor)) static void
ngx_fips_guard_locate(void)
{
    char     exe[PATH_MAX], path[PATH_MAX + 32];
    char    *slash;
    ssize_t  n;
    int      i;

    n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
    if (n <= 0) {
        return;
    }
    exe[n] = '\0';

    /* `sbin/nginx` */
    for (i = 0; i < 2; i++) {
        slash = strrchr(exe, '/');
        if (slash == NULL) {
            return;
        }
        *slash = '\0';
    }

    (void) snprintf(path, sizeof(path), "%s/ssl/openssl.cnf", exe);
    (void) setenv("OPENSSL_CONF", path, 0);
    (void) snprintf(path, sizeof(path), "%s/lib/ossl-modules", exe);
    (void) setenv("OPENSSL_MODULES", path, 0);
}


static int
ngx_fips_guard_find(OSSL_PROVIDER *provider, void *found)
{
    if (ngx_strcmp(OSSL_PROVIDER_get0_name(provider), "fips") == 0) {
        *(OSSL_PROVIDER **) found = provider;
    }
    return 1;
}


/* What is wrong with the algorithms that libcrypto has, or NULL. */
static char *
ngx_fips_guard_algorithms(void)
{
    int             status;
    char           *version;
    EVP_MD         *md5;
    EVP_CIPHER     *aes, *chacha;
    OSSL_PARAM      params[3];
    OSSL_PROVIDER  *fips;
    const OSSL_PROVIDER  *source;

    if (!EVP_default_properties_is_fips_enabled(NULL)) {
        return "its configuration does not say `default_properties = fips=yes`";
    }

    fips = NULL;
    (void) OSSL_PROVIDER_do_all(NULL, ngx_fips_guard_find, &fips);
    if (fips == NULL) {
        return "the FIPS provider is not loaded";
    }

    if (OSSL_PROVIDER_available(NULL, "default")
        || OSSL_PROVIDER_available(NULL, "legacy"))
    {
        return "another provider is active beside the FIPS provider";
    }

    status = 0;
    version = NULL;
    params[0] = OSSL_PARAM_construct_utf8_ptr(OSSL_PROV_PARAM_VERSION, &version, 0);
    params[1] = OSSL_PARAM_construct_int(OSSL_PROV_PARAM_STATUS, &status);
    params[2] = OSSL_PARAM_construct_end();
    if (!OSSL_PROVIDER_get_params(fips, params) || status != 1) {
        return "the FIPS provider reports an error";
    }
    if (version == NULL || ngx_strcmp(version, NGX_FIPS_PROVIDER_VERSION) != 0) {
        return "the FIPS provider is not version " NGX_FIPS_PROVIDER_VERSION;
    }

    aes = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
    source = (aes != NULL) ? EVP_CIPHER_get0_provider(aes) : NULL;
    status = source != NULL && ngx_strcmp(OSSL_PROVIDER_get0_name(source), "fips") == 0;
    EVP_CIPHER_free(aes);
    if (!status) {
        return "AES-256-GCM does not come from the FIPS provider";
    }

    md5 = EVP_MD_fetch(NULL, "MD5", NULL);
    chacha = EVP_CIPHER_fetch(NULL, "ChaCha20-Poly1305", NULL);
    status = md5 == NULL && chacha == NULL;
    EVP_MD_free(md5);
    EVP_CIPHER_free(chacha);
    if (!status) {
        return "MD5 or ChaCha20-Poly1305 is to be had";
    }

    return NULL;
}


/* Approved curves for ECDHE, by the names that OpenSSL takes. */
static ngx_int_t
ngx_fips_guard_curve(u_char *name, size_t len)
{
    static const char  *approved[] = {
        "P-256", "prime256v1", "secp256r1", "P-384", "secp384r1", "P-521", "secp521r1", NULL
    };
    ngx_uint_t  i;

    for (i = 0; approved[i] != NULL; i++) {
        if (ngx_strlen(approved[i]) == len && ngx_strncasecmp(name, (u_char *) approved[i], len) == 0) {
            return NGX_OK;
        }
    }
    return NGX_DECLINED;
}


/* What is wrong with the settings of a server, or NULL. */
static char *
ngx_fips_guard_server(SSL_CTX *ctx, ngx_str_t *curves, ngx_array_t *commands)
{
    int                    i, kx;
    u_char                *p, *last, *end;
    uint64_t               old;
    ngx_uint_t             c;
    ngx_keyval_t          *command;
    const SSL_CIPHER      *cipher;
    STACK_OF(SSL_CIPHER)  *ciphers;

    old = SSL_OP_NO_SSLv3|SSL_OP_NO_TLSv1|SSL_OP_NO_TLSv1_1;
    if ((SSL_CTX_get_options(ctx) & old) != old
        && SSL_CTX_get_min_proto_version(ctx) < TLS1_2_VERSION)
    {
        return "\"ssl_protocols\" allows a version before TLS 1.2";
    }

    ciphers = SSL_CTX_get_ciphers(ctx);
    for (i = 0; i < sk_SSL_CIPHER_num(ciphers); i++) {
        cipher = sk_SSL_CIPHER_value(ciphers, i);
        kx = SSL_CIPHER_get_kx_nid(cipher);
        if (!SSL_CIPHER_is_aead(cipher) || (kx != NID_kx_ecdhe && kx != NID_kx_any)) {
            return "\"ssl_ciphers\" allows a suite that is not ECDHE with AES-GCM";
        }
    }

    /* The list itself cannot be read back from OpenSSL: who sets it must set it here. */
    for (p = curves->data, end = curves->data + curves->len; p < end; p = last + 1) {
        last = ngx_strlchr(p, end, ':');
        if (last == NULL) {
            last = end;
        }
        if (ngx_fips_guard_curve(p, last - p) != NGX_OK) {
            return "\"ssl_ecdh_curve\" names something else than P-256, P-384 and P-521";
        }
    }

    if (commands != NULL) {
        command = commands->elts;
        for (c = 0; c < commands->nelts; c++) {
            if (ngx_strcasecmp(command[c].key.data, (u_char *) "Groups") == 0
                || ngx_strcasecmp(command[c].key.data, (u_char *) "Curves") == 0
                || ngx_strcasecmp(command[c].key.data, (u_char *) "-groups") == 0
                || ngx_strcasecmp(command[c].key.data, (u_char *) "-curves") == 0
                || ngx_strcasecmp(command[c].key.data, (u_char *) "-named_curve") == 0
                || ngx_strcasecmp(command[c].key.data, (u_char *) "ECDHParameters") == 0)
            {
                return "\"ssl_conf_command\" sets groups: use \"ssl_ecdh_curve\"";
            }
        }
    }

    return NULL;
}


static char *
ngx_fips_guard_servers(ngx_cycle_t *cycle)
{
    char                         *wrong;
    ngx_uint_t                    s;
    ngx_http_ssl_srv_conf_t      *hssl;
    ngx_http_core_srv_conf_t    **https;
    ngx_http_core_main_conf_t    *http;
    ngx_stream_ssl_srv_conf_t    *sssl;
    ngx_stream_core_srv_conf_t  **streams;
    ngx_stream_core_main_conf_t  *stream;

    http = ngx_http_cycle_get_module_main_conf(cycle, ngx_http_core_module);
    if (http != NULL) {
        https = http->servers.elts;
        for (s = 0; s < http->servers.nelts; s++) {
            hssl = https[s]->ctx->srv_conf[ngx_http_ssl_module.ctx_index];
            if (hssl->ssl.ctx != NULL) {
                wrong = ngx_fips_guard_server(hssl->ssl.ctx, &hssl->ecdh_curve,
                                              hssl->conf_commands);
                if (wrong != NULL) {
                    return wrong;
                }
            }
        }
    }

    stream = ngx_stream_cycle_get_module_main_conf(cycle, ngx_stream_core_module);
    if (stream != NULL) {
        streams = stream->servers.elts;
        for (s = 0; s < stream->servers.nelts; s++) {
            sssl = streams[s]->ctx->srv_conf[ngx_stream_ssl_module.ctx_index];
            if (sssl->ssl.ctx != NULL) {
                wrong = ngx_fips_guard_server(sssl->ssl.ctx, &sssl->ecdh_curve,
                                              sssl->conf_commands);
                if (wrong != NULL) {
                    return wrong;
                }
            }
        }
    }

    return NULL;
}


static char *
ngx_fips_guard_init_conf(ngx_cycle_t *cycle, void *conf)
{
    char  *wrong;

    wrong = ngx_fips_guard_algorithms();
    ERR_clear_error();
    if (wrong != NULL) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "not in FIPS mode, and nothing is served: %s (OPENSSL_CONF is \"%s\")",
                      wrong, getenv("OPENSSL_CONF") ? getenv("OPENSSL_CONF") : "");
        return NGX_CONF_ERROR;
    }

    wrong = ngx_fips_guard_servers(cycle);
    if (wrong != NULL) {
        ngx_log_error(NGX_LOG_EMERG, cycle->log, 0,
                      "a server is not FIPS compliant, and nothing is served: %s", wrong);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}
