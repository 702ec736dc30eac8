import Commands
import Foundation

// Runs the command line; see Launcher for exit codes and signals.
if let status = ArgumentEncoding.refusal() { exit(status) }
let arguments = Array(CommandLine.arguments.dropFirst())
if arguments == [CommandStream.argument] { exit(await CommandStream.run()) }
exit(await Launcher<Dimorph>.run(arguments))
