import ArgumentParser
import Commands

/// The command line's root.
struct Dimorph: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dimorph",
        abstract: "Replaces a person's face in a video with another person's.",
        discussion: """
            From two videos, dimorph learns how two people look and move, and draws the one in place of the other. Every \
            video that it makes says that it is synthetic, in a corner of the picture and in the file's metadata. Use it \
            only with the consent of the people shown.

            The shortest way is one command:

              dimorph swap --source a.mp4 --target b.mp4 --output swapped.mp4

            It can be stopped at any time (Ctrl-C saves) and goes on when it is run again. Its stages can be run alone: \
            extract takes the faces from videos, train makes a model of two people's faces, convert puts the model's \
            face into a video. They meet in a workspace, a folder that `dimorph info` tells about. To see it at work on \
            clips that come with the project: dimorph demo.

            EXIT CODES
              0    done
              1    failure: the machine's fault, such as a full disk or too little memory
              2    wrong usage: an option that there is not, a value that cannot be
              3    bad input: a file or folder that cannot be read, used or written to
              130  interrupted by Ctrl-C, SIGTERM or SIGHUP; the same command goes on
            """,
        version: Version.current,
        subcommands: [
            SwapCommand.self, DemoCommand.self, ExtractCommand.self, TrainCommand.self, WatchCommand.self,
            ConvertCommand.self, EvaluateCommand.self, ExportCommand.self, ConsentCommand.self,
            VerifyCommand.self, FacesCommand.self, ModelsCommand.self, InfoCommand.self,
            WatermarkCommand.self,
        ])
}
