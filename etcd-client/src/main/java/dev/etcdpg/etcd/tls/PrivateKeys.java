package dev.etcdpg.etcd.tls;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.HexFormat;
import java.util.Map;

/**
 * Private keys in the three encodings that PEM files of etcd have. The JDK reads only PKCS#8 (PRIVATE KEY). kubeadm, cfssl and older openssl
 * write PKCS#1 (RSA PRIVATE KEY) or SEC 1 (EC PRIVATE KEY): both are what PKCS#8 wraps. Pure.
 */
final class PrivateKeys {

    private static final int INTEGER = 0x02;
    private static final int OCTET_STRING = 0x04;
    private static final int SEQUENCE = 0x30;

    /** In SEC 1, the tag of the curve. */
    private static final int CURVE = 0xa0;

    private static final byte[] VERSION = {INTEGER, 1, 0};
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201");

    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private PrivateKeys() {}

    /**
     * @param type of the PEM block: PRIVATE KEY, RSA PRIVATE KEY or EC PRIVATE KEY
     * @param algorithm of the key, for example EC
     * @throws GeneralSecurityException if the bytes are no such key
     */
    static PrivateKey parse(String type, byte[] bytes, String algorithm) throws GeneralSecurityException {
        byte[] pkcs8 =
                switch (type) {
                    case "RSA PRIVATE KEY" -> wrap(RSA, bytes);
                    case "EC PRIVATE KEY" -> wrap(element(SEQUENCE, EC, curve(bytes)), bytes);
                    default -> bytes;
                };
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    }

    /** Returns whether the two keys are a pair. A key of an algorithm that is not known here passes: the server decides. */
    static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
        String algorithm = SIGNATURES.get(publicKey.getAlgorithm());
        if (algorithm == null) {
            return true;
        }
        try {
            byte[] text = {1, 2, 3};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(text);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(text);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static byte[] wrap(byte[] algorithm, byte[] key) {
        return element(SEQUENCE, VERSION, algorithm, element(OCTET_STRING, key));
    }

    /** Returns the DER encoding of an element of less than 64 KiB. */
    private static byte[] element(int tag, byte[]... parts) {
        int length = 0;
        for (byte[] part : parts) {
            length += part.length;
        }
        ByteBuffer element = ByteBuffer.allocate(length + 4).put((byte) tag);
        if (length < 0x80) {
            element.put((byte) length);
        } else if (length < 0x100) {
            element.put((byte) 0x81).put((byte) length);
        } else {
            element.put((byte) 0x82).putShort((short) length);
        }
        for (byte[] part : parts) {
            element.put(part);
        }
        byte[] bytes = new byte[element.position()];
        element.flip().get(bytes);
        return bytes;
    }

    private static byte[] curve(byte[] sec1) throws InvalidKeySpecException {
        try {
            ByteBuffer key = content(ByteBuffer.wrap(sec1));
            while (key.hasRemaining()) {
                int tag = key.get(key.position()) & 0xff;
                ByteBuffer content = content(key);
                if (tag == CURVE) {
                    byte[] curve = new byte[content.remaining()];
                    content.get(curve);
                    return curve;
                }
            }
        } catch (RuntimeException e) {
            throw new InvalidKeySpecException("the key is damaged", e);
        }
        throw new InvalidKeySpecException("the key does not name its curve");
    }

    /** Reads one DER element and returns its content. */
    private static ByteBuffer content(ByteBuffer from) {
        from.get();
        int length = from.get() & 0xff;
        if (length > 0x80) {
            int bytes = length - 0x80;
            length = 0;
            for (int i = 0; i < bytes; i++) {
                length = length << 8 | from.get() & 0xff;
            }
        }
        ByteBuffer content = from.slice(from.position(), length);
        from.position(from.position() + length);
        return content;
    }
}
