import Crypto
import Foundation
import X509

/// The profile of this installation's certificates: the requirements for signers of the C2PA specification (2.2, section 14.5).
enum LocalCertificates {
    private static let day: TimeInterval = 86_400
    private static let organization = "Dimorph (local installation)"

    static func root(key: Certificate.PrivateKey, at now: Date) throws -> Certificate {
        let name = try DistinguishedName {
            OrganizationName(organization)
            CommonName("Dimorph local root")
        }
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key.publicKey,
            notValidBefore: now.addingTimeInterval(-day), notValidAfter: now.addingTimeInterval(7300 * day),
            issuer: name, subject: name,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(keyCertSign: true, cRLSign: true))
                SubjectKeyIdentifier(hash: key.publicKey)
            },
            issuerPrivateKey: key)
    }

    static func leaf(
        key: Certificate.PublicKey, root: Certificate, rootKey: Certificate.PrivateKey, at now: Date
    ) throws -> Certificate {
        let name = try DistinguishedName {
            OrganizationName(organization)
            CommonName("Dimorph local signer")
        }
        return try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: key,
            notValidBefore: now.addingTimeInterval(-day), notValidAfter: now.addingTimeInterval(3650 * day),
            issuer: root.subject, subject: name,
            extensions: Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true))
                try ExtendedKeyUsage([.emailProtection])
                SubjectKeyIdentifier(hash: key)
                AuthorityKeyIdentifier(
                    keyIdentifier: SubjectKeyIdentifier(hash: root.publicKey).keyIdentifier)
            },
            issuerPrivateKey: rootKey)
    }
}
