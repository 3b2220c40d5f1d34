package dev.etcdpg.etcd.tls;

/**
 * What is wrong with a TLS connection to an endpoint.
 *
 * @param setting setting that the user most probably must correct
 * @param sentence continues "https://etcd:2379 …", without a full stop at the end
 */
public record TlsFault(String setting, String sentence) {}
