using System.CommandLine;
using Spectre.Console;
using SslAgent.Checkpoints;
using SslAgent.Commands.Printing;
using SslAgent.Domain;

namespace SslAgent.Commands.Versions;

/// <summary><c>sslagent checkpoints list</c>: versions, newest first.</summary>
internal static class ListVersions
{
    public static Command Build()
    {
        Command command = new("list", "Lists the versions, newest first, with verdicts and pointers");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Option<int?> count = new("--count", "-n") { Description = "Only the newest N", HelpName = "N" };
        command.Options.Add(format);
        command.Options.Add(count);
        command.SetAction(parsed =>
        {
            VersionStore store = StoreOpening.OpenToRead(settings, parsed);
            IReadOnlyDictionary<ModelVersion, string> pins = store.PinnedVersions();
            VersionSummary[] versions =
                [.. store.List().Take(parsed.GetValue(count) ?? int.MaxValue).Select(manifest => VersionSummary.Of(store, manifest, pins))];
            Answer.Print(parsed, format, versions, VersionsJson.Default.VersionSummaryArray, output => Tell(output, versions));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Tell(TextWriter output, VersionSummary[] versions)
    {
        if (versions.Length == 0)
        {
            output.WriteLine("no versions yet");
            return;
        }

        Table table = Tables.Of("version", "verdict", "from", "parent", "created (UTC)", ">steps", ">journal position", ">size", "");
        foreach (VersionSummary version in versions)
        {
            table.Add(
                version.Version.ToString(), DomainWords.Of(version.Verdict), version.Origin, version.Parent?.ToString() ?? "–", Tables.Time(version.CreatedAt),
                Tables.Count(version.StepsDone), Tables.Count(version.JournalPosition), Tables.Bytes(version.Bytes), version.Marks);
        }

        Tables.Write(output, table);
    }
}
