// swift-tools-version: 6.2
import PackageDescription

// The modules, from the bottom up. Documentation/Architecture.md describes them.
// A target may import what it lists here and nothing else (`.ci/run` checks imports).

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

func module(_ name: String, _ imports: Target.Dependency...) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: strict)
}

func tests(_ name: String, _ imports: Target.Dependency..., resources: [Resource] = []) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: [.byName(name: name)] + imports, resources: resources,
        swiftSettings: strict)
}

let package = Package(
    name: "dimorph",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "dimorph", targets: ["dimorph"]),
        .executable(name: "dimorph-train", targets: ["dimorph-train"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    ],
    targets: [
        // C interface to LibTorch. Its C++ implementation is built by Scripts/build-engine.
        .target(name: "CTorch", exclude: ["engine"]),
        .systemLibrary(
            name: "CFFmpeg",
            pkgConfig: "libavformat libavcodec libavfilter libswscale libswresample libavutil",
            providers: [
                .apt([
                    "libavformat-dev", "libavcodec-dev", "libavfilter-dev", "libswscale-dev",
                    "libswresample-dev", "libavutil-dev",
                ])
            ]),

        // zlib, for PNG files without FFmpeg.
        .systemLibrary(name: "CZip", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // SQLite's defensive settings for untrusted databases; all other access is through GRDB.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),

        // The MPI functions that distributed training needs; loads Open MPI's library on demand.
        .target(name: "CMPI"),

        // System calls that Swift's modules do not export.
        .target(name: "CSystem"),

        // libc2pa, which signs and reads Content Credentials: own header, library loaded at run time.
        .target(name: "CContentCredentials"),

        // Values, files and networks.
        module("Concurrency"),
        module("Files", "CSystem"),
        module("Safetensors", "Files"),
        module("Tensors", "CTorch", "Safetensors", "Files"),
        module("NeuralNetworks", "Tensors"),
        module("Pictures", "CZip"),
        module("Faces", "Pictures"),
        module("Media", "CFFmpeg", "Pictures", "Files"),
        module(
            "Provenance", "CContentCredentials", "Pictures", "Files",
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "SwiftASN1", package: "swift-asn1"),
            .product(name: "X509", package: "swift-certificates")),
        module(
            "Workspace", "Faces", "Pictures", "Provenance", "Safetensors", "Files", "CSQLite",
            .product(name: "GRDB", package: "GRDB.swift")),
        module("Vision", "Faces", "Pictures", "NeuralNetworks", "Tensors", "Safetensors", "Files"),
        module("Architectures", "NeuralNetworks", "Tensors", "Safetensors", "Files"),

        // The stages: none imports another.
        module("Extraction", "Concurrency", "Workspace", "Vision", "Media", "Faces", "Pictures", "Files"),
        module("Curation", "Workspace", "Vision", "Media", "Faces", "Pictures", "Files"),
        module(
            "Training", "Concurrency", "Workspace", "Architectures", "NeuralNetworks", "Tensors",
            "Safetensors",
            "Faces", "Pictures", "Files", "CMPI"),
        module(
            "Swapping", "Concurrency", "Workspace", "Vision", "Media", "Architectures", "NeuralNetworks",
            "Tensors",
            "Provenance", "Faces", "Pictures", "Files"),
        module("Evaluation", "Workspace", "Vision", "Media", "Provenance", "Faces", "Pictures", "Files"),

        // Code shared by all commands, and `train`, which two programs have. No FFmpeg.
        module(
            "Commands", "Training", "Workspace", "Vision", "Provenance", "Architectures", "Tensors",
            "Safetensors", "Faces", "Pictures", "Files",
            .product(name: "ArgumentParser", package: "swift-argument-parser")),

        // The command line: the only target that imports all stages.
        .executableTarget(
            name: "dimorph",
            dependencies: [
                "Commands", "Extraction", "Curation", "Training", "Swapping", "Evaluation", "Workspace",
                "Vision", "Media", "Provenance", "Architectures", "Tensors", "Safetensors", "Faces",
                "Pictures", "Files",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        // Training alone, for machines without FFmpeg.
        .executableTarget(
            name: "dimorph-train",
            dependencies: [
                "Commands", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict),

        tests("Files"),
        tests("Tensors", "Files", "Safetensors", resources: [.copy("Golden")]),
        tests("NeuralNetworks", "Tensors", "Safetensors", resources: [.copy("Golden")]),
        tests("Pictures"),
        tests("Faces", "Pictures"),
        tests("Media", "Pictures", "Files", "CFFmpeg"),
        tests(
            "Provenance", "Media", "Pictures", .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "X509", package: "swift-certificates")),
        tests(
            "Workspace", "Files", "Faces", "Pictures", "Provenance", "Safetensors",
            .product(name: "GRDB", package: "GRDB.swift")),
        tests("Vision", "Faces", "Pictures", "Tensors", "Safetensors", "Media", resources: [.copy("Golden")]),
        tests("Architectures", "NeuralNetworks", "Tensors", "Safetensors", resources: [.copy("Golden")]),
        tests("Extraction", "Workspace", "Vision", "Media", "Faces", "Pictures"),
        tests("Curation", "Safetensors", "Workspace", "Vision", "Media", "Faces", "Pictures"),
        tests(
            "Training", "Workspace", "Architectures", "NeuralNetworks", "Safetensors", "Tensors", "Faces",
            "Pictures", "Media", resources: [.copy("Golden")]),
        tests(
            "Swapping", "Workspace", "Vision", "Media", "Provenance", "Faces", "Files", "Pictures", "Tensors",
            "CFFmpeg"),
        tests("Evaluation", "Vision", "Media", "Faces", "Pictures", "Tensors"),
        .testTarget(
            name: "CommandLineTests", dependencies: ["Media", "Pictures", "Safetensors"], exclude: ["Help"],
            swiftSettings: strict),
    ]
)
