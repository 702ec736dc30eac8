// swift-tools-version: 6.2
import PackageDescription

// The house, from the ground up; Documentation/WayOfTheData.md says what lives where and why.
// A target may import what it lists here and nothing else (`.ci/run` checks imports).

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

func room(_ name: String, _ imports: Target.Dependency...) -> Target {
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
        // The engine: a C ABI over LibTorch. The C++ behind it is built by Scripts/build-engine.
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

        // zlib, for PNG files where there is no FFmpeg.
        .systemLibrary(name: "CZip", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // SQLite's settings for databases that come from elsewhere; GRDB does all else with it.
        .systemLibrary(name: "CSQLite", providers: [.apt(["libsqlite3-dev"])]),

        // What of MPI several machines need; opens Open MPI's library where it is asked for and there is one.
        .target(name: "CMPI"),

        // System calls that Swift's modules do not show.
        .target(name: "CSystem"),

        // libc2pa, which signs and reads Content Credentials: a header of its own, opened at run time.
        .target(name: "CContentCredentials"),

        // Values and engines.
        room("Concurrency"),
        room("Files", "CSystem"),
        room("Safetensors", "Files"),
        room("Tensors", "CTorch", "Safetensors", "Files"),
        room("NeuralNetworks", "Tensors"),
        room("Pictures", "CZip"),
        room("Faces", "Pictures"),
        room("Media", "CFFmpeg", "Pictures", "Files"),
        room(
            "Provenance", "CContentCredentials", "Pictures", "Files",
            .product(name: "Crypto", package: "swift-crypto"),
            .product(name: "SwiftASN1", package: "swift-asn1"),
            .product(name: "X509", package: "swift-certificates")),
        room(
            "Workspace", "Faces", "Pictures", "Provenance", "Safetensors", "Files", "CSQLite",
            .product(name: "GRDB", package: "GRDB.swift")),
        room("Vision", "Faces", "Pictures", "NeuralNetworks", "Tensors", "Safetensors", "Files"),
        room("Architectures", "NeuralNetworks", "Tensors", "Safetensors", "Files"),

        // The stages: none imports another.
        room("Extraction", "Concurrency", "Workspace", "Vision", "Media", "Faces", "Pictures", "Files"),
        room("Curation", "Workspace", "Vision", "Media", "Faces", "Pictures", "Files"),
        room(
            "Training", "Concurrency", "Workspace", "Architectures", "NeuralNetworks", "Tensors",
            "Safetensors",
            "Faces", "Pictures", "Files", "CMPI"),
        room(
            "Swapping", "Concurrency", "Workspace", "Vision", "Media", "Architectures", "NeuralNetworks",
            "Tensors",
            "Provenance", "Faces", "Pictures", "Files"),
        room("Evaluation", "Workspace", "Vision", "Media", "Provenance", "Faces", "Pictures", "Files"),

        // What commands have in common, and the one that two programs have: train. Nothing here knows FFmpeg.
        room(
            "Commands", "Training", "Workspace", "Vision", "Provenance", "Architectures", "Tensors",
            "Safetensors", "Pictures", "Files",
            .product(name: "ArgumentParser", package: "swift-argument-parser")),

        // The command line: the only place where all rooms meet.
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
