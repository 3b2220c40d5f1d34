package dev.etcdpg.etcd.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateKeysTest {

    @TempDir
    Path folder;

    private static KeyPair rsa(int bits) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(bits);
        return generator.generateKeyPair();
    }

    private static KeyPair ec(String curve) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec(curve));
        return generator.generateKeyPair();
    }

    private PrivateKey read(String type, byte[] bytes, String algorithm) throws Exception {
        String text = Base64.getMimeEncoder().encodeToString(bytes);
        Path file = Files.writeString(
                folder.resolve("key.pem"),
                "a comment\n-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
        return new PemFile(TlsSettings.KEY, file).privateKey(algorithm);
    }

    /** kubeadm and older openssl write this form. PKCS#8 has it behind 26 bytes. */
    @ParameterizedTest
    @ValueSource(ints = {2048, 4096})
    void anRsaKeyOfTheOldFormIsRead(int bits) throws Exception {
        KeyPair pair = rsa(bits);
        byte[] pkcs8 = pair.getPrivate().getEncoded();
        assertThat(read("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, 26, pkcs8.length), "RSA"))
                .isEqualTo(pair.getPrivate());
        assertThat(read("PRIVATE KEY", pkcs8, "RSA")).isEqualTo(pair.getPrivate());
    }

    /** cfssl and openssl ecparam write this form. Made with: openssl ecparam -name prime256v1 -genkey -noout. */
    @Test
    void anEcKeyOfTheOldFormIsRead() throws Exception {
        String sec1 =
                "MHcCAQEEIHdbHlW28hQY+4uBLsqCzSIbpysKc09EWyglRzwkmcQxoAoGCCqGSM49AwEHoUQDQgAEL4EuScSjoeb8B1Tkz7kNg5ak5WxTSmNWqLxOKIYY1XyQJn0H9SchKicZ9bw4fYV2AG8dwh0DAh1XaiWRER2nyA==";
        String pkcs8 =
                "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgd1seVbbyFBj7i4EuyoLNIhunKwpzT0RbKCVHPCSZxDGhRANCAAQvgS5JxKOh5vwHVOTPuQ2DlqTlbFNKY1aovE4ohhjVfJAmfQf1JyEqJxn1vDh9hXYAbx3CHQMCHVdqJZERHafI";
        ECPrivateKey old =
                (ECPrivateKey) read("EC PRIVATE KEY", Base64.getDecoder().decode(sec1), "EC");
        ECPrivateKey wrapped =
                (ECPrivateKey) read("PRIVATE KEY", Base64.getDecoder().decode(pkcs8), "EC");
        assertThat(old.getS()).isEqualTo(wrapped.getS());
        assertThatThrownBy(() -> read("EC PRIVATE KEY", new byte[] {0x30, 2, 2, 0}, "EC"))
                .isInstanceOf(TlsConfigException.class)
                .hasMessageContaining("key.pem has a private key that");
    }

    @Test
    void aKeyWithAPassphraseIsRefused() {
        assertThatThrownBy(() -> read("ENCRYPTED PRIVATE KEY", new byte[10], "RSA"))
                .isInstanceOf(TlsConfigException.class)
                .hasMessageContaining("has a private key with a passphrase")
                .hasMessageContaining("openssl pkey");
    }

    @Test
    void aKeyOfAnotherCertificateIsNoPair() throws Exception {
        KeyPair one = ec("secp256r1");
        KeyPair other = ec("secp384r1");
        assertThat(PrivateKeys.isPair(one.getPublic(), one.getPrivate())).isTrue();
        assertThat(PrivateKeys.isPair(other.getPublic(), other.getPrivate())).isTrue();
        assertThat(PrivateKeys.isPair(one.getPublic(), other.getPrivate())).isFalse();
        assertThat(PrivateKeys.isPair(rsa(2048).getPublic(), rsa(2048).getPrivate()))
                .isFalse();
        KeyPair ed = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        assertThat(PrivateKeys.isPair(ed.getPublic(), ed.getPrivate())).isTrue();
        assertThat(read("PRIVATE KEY", ed.getPrivate().getEncoded(), "EdDSA")).isEqualTo(ed.getPrivate());
        assertThatThrownBy(() -> read("PRIVATE KEY", one.getPrivate().getEncoded(), "RSA"))
                .isInstanceOf(TlsConfigException.class)
                .hasMessageContaining("algorithm RSA");
    }
}
