using System.CommandLine;
using SslAgent.Commands.Printing;
using SslAgent.Commands.Versions;
using SslAgent.Configuration;
using SslAgent.Domain;
using SslAgent.Ingest;
using SslAgent.Replay;
using SslAgent.Storage;

namespace SslAgent.Commands.Journals;

/// <summary><c>sslagent replay rejected</c>: which messages were rejected, why, and how many by each reason, from the journal. Changes nothing; a daemon may be running.</summary>
internal static class RejectedMessages
{
    private const int LastByDefault = 20;

    public static Command Build()
    {
        Command command = new("rejected", "Which messages were rejected and why: the last ones, and how many by each reason");
        Option<string?> topic = new("--topic") { Description = "Only messages of this topic", HelpName = "NAME" };
        Option<string?> source = new("--source") { Description = "Only messages of this source", HelpName = "NAME" };
        Option<int> last = new("--last", "-n") { Description = "Messages to list, the newest; all are counted", HelpName = "N", DefaultValueFactory = _ => LastByDefault };
        last.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0) result.AddError("--last counts messages: 0 or more");
        });
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        command.Options.Add(topic);
        command.Options.Add(source);
        command.Options.Add(last);
        command.Options.Add(format);
        command.SetAction((parsed, cancellation) =>
        {
            AgentSettings loaded = settings.LoadSections(parsed, "agent", "ingest");
            ReplayPlace place = new(LocalDisk.Instance, ReplayVerification.FolderOf(loaded), (ulong)loaded.Agent.Seed, TimeProvider.System);
            var report = new RejectedReport(parsed.GetValue(last));
            using ReplayReading reading = ReplayReading.Open(place);
            Read(reading, new MessageNames(loaded.Ingest), parsed.GetValue(topic), parsed.GetValue(source), report, cancellation);
            Answer.Print(parsed, format, report.Summary(), JournalsJson.Default.RejectedSummary, output => Tell(output, report.Summary()));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static void Read(ReplayReading reading, MessageNames names, string? topic, string? source, RejectedReport report, CancellationToken cancellation)
    {
        using JournalCursor journal = reading.Read();
        while (journal.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            if (journal.Current.Record is not JournalRecord.Rejected rejected || (topic is not null && rejected.Delivery.At.Topic != topic)) continue;
            (string sender, string? id) = names.Of(rejected.Delivery);
            if (source is null || sender == source) report.Add(journal.Current.Sequence, rejected, sender, id);
        }
    }

    private static void Tell(TextWriter output, RejectedSummary summary)
    {
        foreach (RejectedMessage one in summary.Messages)
        {
            string id = one.Id is null ? "" : $", {one.Id}";
            output.WriteLine($"{one.Topic}/{one.Partition} offset {one.Offset}{(one.Epoch > 0 ? $" (epoch {one.Epoch})" : "")}, {Tables.Time(one.Time)}, {one.Source}{id}, {Tables.Bytes(one.Bytes)}: {one.Value}");
            output.WriteLine($"    {one.Stage}: {one.Reason}");
        }

        output.WriteLine(summary.Rejected == 0 ? "nothing rejected that the journal still has" : $"{Tables.Count(summary.Rejected)} rejected that the journal still has");
        foreach (RejectedReason reason in summary.Reasons) output.WriteLine($"  {Tables.Count(reason.Count),9}  {reason.Stage}: {reason.Reason}");
    }
}
