/* wolfSSL without its FIPS module. Expected: static, not-validated; dynamic and alone, undetermined. */
#include <wolfssl/options.h>
#include <wolfssl/ssl.h>
#include <stdio.h>
int main(void) {
    wolfSSL_Init();
    WOLFSSL_CTX *context = wolfSSL_CTX_new(wolfTLSv1_2_client_method());
    printf("%p\n", (void *)context);
    wolfSSL_CTX_free(context);
    return 0;
}
