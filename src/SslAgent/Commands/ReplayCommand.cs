using System.CommandLine;
using SslAgent.Commands.Journals;

namespace SslAgent.Commands;

/// <summary><c>sslagent replay …</c>: look into the journal and the replay buffer. One file a subcommand in Journals/.</summary>
internal static class ReplayCommand
{
    public static CommandEntry Build()
    {
        Command command = new("replay", "Journal and replay buffer: stats, verify, rejected, forget")
        {
            ReplayStatistics.Build(),
            ReplayVerification.Build(),
            RejectedMessages.Build(),
            ForgetSamples.Build(),
        };
        return new CommandEntry(
            CommandGroup.Versions, command,
            new Example("replay stats", "what is remembered, and what came of the stream"),
            new Example("replay verify", "reads the whole journal; exit code 1 where a byte is damaged"),
            new Example("replay rejected --topic frames -n 5", "the last five messages of a topic that were rejected, with the reasons, and how many by each"),
            new Example("replay forget --source cam-3 --reason \"consent withdrawn\"", "takes a source's samples off the disk for good"));
    }
}
