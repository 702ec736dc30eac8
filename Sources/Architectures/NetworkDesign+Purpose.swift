extension NetworkDesign {
    /// One-sentence description of a network, by name.
    package static func purpose(of name: String) -> String {
        switch name {
        case "dimorph-m": return "The same at 256 pixels: for long trainings, or a GPU."
        case "dimorph-l": return "The same for days on a GPU: faces that fill a cinema's screen."
        case "dimorph-s-base":
            return "Many people with one decoder: what dimorph-s and dimorph-m can start from (--start-from)."
        default: break
        }
        return switch name.split(separator: "-").first.map(String.init) {
        case "dimorph":
            "Expression is measured and learned: swaps within minutes, also on a CPU."
        case "article":
            "Two separate autoencoders, included because it is well known. A shared encoder works better: separately trained encoders have no common latent space."
        case "original":
            "The first of its kind, shared encoder: small pictures, no mask, for comparison and old recipes."
        case "quick96": "A small df-ud: a first look with DeepFaceLab's recipe."
        case "df": "Preserves most of the source's appearance; needs faces of similar shape and lighting."
        case "liae": "Matches the target's lighting and shape better, with less likeness to the source."
        case "amp": "A morph factor sets at swap time how much of the source a face takes."
        default: ""
        }
    }
}
