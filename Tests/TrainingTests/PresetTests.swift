import Testing
import Training

@Suite("Training presets")
struct PresetTests {
    private struct Unexpected: Error {}

    /// What a preset takes where networks make so many steps a second; nil: there is no memory for it.
    private func choice(
        _ preset: TrainingPreset, minutes: Double? = nil, _ rates: [String: Double?]
    ) throws -> String {
        try preset.network(minutes: minutes ?? preset.minutes) { name in
            guard let rate = rates[name] else { throw Unexpected() }
            guard let rate else {
                throw TrainingError(.tooLittleMemory, "\(name) does not fit; take a smaller network")
            }
            return Forecast(stepsPerSecond: rate, memory: 1_000_000_000)
        }
    }

    @Test("take the largest network that fits and makes steps enough in the time")
    func largest() throws {
        // Eight hours: 30 000 steps are about one a second.
        #expect(try choice(.standard, ["dimorph-m": 1.1]) == "dimorph-m")
        #expect(try choice(.standard, ["dimorph-m": 1.0]) == "dimorph-s")
        #expect(try choice(.standard, minutes: 960, ["dimorph-m": 1.0]) == "dimorph-m")
        #expect(try choice(.film, ["dimorph-l": nil, "dimorph-m": 5]) == "dimorph-m")
        #expect(try choice(.film, ["dimorph-l": 0.3, "dimorph-m": 0.3]) == "dimorph-s")
        #expect(try choice(.film, ["dimorph-l": 0.5]) == "dimorph-l")
    }

    @Test("of minutes measure nothing, and pass on what else goes wrong")
    func others() throws {
        #expect(try choice(.quick, [:]) == "dimorph-s")
        #expect(throws: Unexpected.self) { try choice(.standard, [:]) }
    }

    @Test("of film end with sharp faces: no warps, then a discriminator")
    func stages() {
        let film = TrainingPreset.film.staged(Recipe())
        #expect(film.augmentation.warpUntil < film.adversary.start && film.adversary.start < 1)
        #expect(film.adversary.weight > 0)
        #expect(TrainingPreset.standard.staged(Recipe()) == Recipe())
    }
}
