using System.CommandLine;
using SslAgent.Commands.Printing;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Pipeline;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Commands.Journals;

/// <summary>
/// <c>sslagent replay verify</c>: every checksum of the journal, every record decoded. Changes nothing; a daemon may be running.
/// </summary>
internal static class ReplayVerification
{
    public static Command Build()
    {
        Command command = new("verify", "Reads the whole journal and checks every record; exits 1 and names every damaged byte range");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        command.Options.Add(format);
        command.SetAction((parsed, cancellation) =>
        {
            VerifyReport report = ReplayVerify.Run(LocalDisk.Instance, FolderOf(settings.LoadSections(parsed, "agent")), cancellation);
            Answer.Print(parsed, format, report, JournalsJson.Default.VerifyReport, output => Tell(output, report));
            return Task.FromResult(report.IsWhole ? ExitCode.Ok : ExitCode.Failed);
        });
        return command;
    }

    /// <summary>The journal's directory, or a refusal where there is none.</summary>
    public static string FolderOf(AgentSettings settings)
    {
        StateDirectory state = new(settings.Agent.StateDirectory);
        state.RequireReach();
        return Directory.Exists(state.Journal)
            ? state.Journal
            : throw new CommandException(ExitCode.Refused, $"there is no journal in {state.Root} (another state directory: --state DIR)");
    }

    private static void Tell(TextWriter output, VerifyReport report)
    {
        Tell(output, "samples", report.Samples);
        Tell(output, "decisions", report.Decisions);
        output.WriteLine(report.IsWhole ? "all sound" : $"{report.Damaged.Count} damaged ranges");
    }

    private static void Tell(TextWriter output, string log, ScrubReport report)
    {
        output.WriteLine($"{log}: {Tables.Count(report.Records)} records in {report.Segments} segments, {Tables.Bytes(report.Bytes)}");
        if (report.TailBytes > 0) output.WriteLine($"  {Tables.Bytes(report.TailBytes)} at the end are being written, or were torn by a crash: no damage, the next start cuts them");
        foreach (DamagedRange range in report.Damaged) output.WriteLine($"  DAMAGED {range}");
    }
}
