import ArgumentParser
import Commands

/// The root command.
struct Dimorph: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dimorph",
        abstract: "Replaces a person's face in a video with another person's.",
        discussion: """
            Trains a model on the faces of two people in two videos and replaces one face with the other. Every output is \
            declared as synthetic by a visible label and in its metadata. Use dimorph only with the consent of the people \
            shown.

            A complete swap is one command:

              dimorph swap --source a.mp4 --target b.mp4 --output swapped.mp4

            Ctrl-C saves and stops; the same command resumes. The stages can also be run separately: extract detects and \
            crops faces, train trains the model, convert swaps the face in a video. They share a workspace folder, which \
            `dimorph info` describes. `dimorph demo` runs a swap on included sample clips.

            EXIT CODES
              0    success
              1    failure of the machine, such as a full disk or insufficient memory
              2    wrong usage: unknown option or invalid value
              3    bad input: a file or folder cannot be read, used or written
              130  interrupted by Ctrl-C, SIGTERM or SIGHUP; the same command resumes
            """,
        version: Version.current,
        subcommands: [
            SwapCommand.self, DemoCommand.self, ExtractCommand.self, TrainCommand.self, WatchCommand.self,
            ConvertCommand.self, EvaluateCommand.self, ExportCommand.self, ConsentCommand.self,
            VerifyCommand.self, FacesCommand.self, ModelsCommand.self, InfoCommand.self,
            WatermarkCommand.self,
        ])
}
