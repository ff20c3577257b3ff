/*
 * In the place of nginx's own MD5, which names the files of its caches: the first 128 bits of SHA-256 from the FIPS provider.
 * Nothing outside nginx sees these names, and the modules that promise MD5 to others are not built.
 */

#include <ngx_config.h>
#include <ngx_core.h>
#include <ngx_md5.h>
#include <openssl/evp.h>


void
ngx_md5_init(ngx_md5_t *ctx)
{
    ctx->context = EVP_MD_CTX_new();
    /* Two keys with one name would serve one client what belongs to another. */
    if (ctx->context == NULL || !EVP_DigestInit_ex(ctx->context, EVP_sha256(), NULL)) {
        abort();
    }
}


void
ngx_md5_update(ngx_md5_t *ctx, const void *data, size_t size)
{
    if (!EVP_DigestUpdate(ctx->context, data, size)) {
        abort();
    }
}


void
ngx_md5_final(u_char result[16], ngx_md5_t *ctx)
{
    u_char  whole[EVP_MAX_MD_SIZE];

    if (!EVP_DigestFinal_ex(ctx->context, whole, NULL)) {
        abort();
    }
    EVP_MD_CTX_free(ctx->context);
    ngx_memcpy(result, whole, 16);
}
