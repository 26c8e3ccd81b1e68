using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using SslAgent.Checkpoints;
using SslAgent.Commands.Printing;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;
using SslAgent.Picturing;

namespace SslAgent.Commands.Versions;

/// <summary><c>sslagent checkpoints matrix</c>: what each version of a line knew of each era, as a table, as JSON or as a picture.</summary>
internal static class MatrixVersions
{
    private const int ShownMax = 16;

    public static Command Build()
    {
        Command command = new("matrix", "Shows what the versions of a line knew of each era: held-out losses, forgetting, backward and forward transfer");
        Settings settings = Settings.AddTo(command);
        Option<VersionChoice?> end = VersionChoice.Option("--of", "The version whose line it is; HEAD where none is named");
        Option<string> format = CommonOptions.Output();
        Option<FileInfo?> picture = new("--png") { Description = "Also draws it as a heat map into this file", HelpName = "FILE" };
        command.Options.Add(end);
        command.Options.Add(picture);
        command.Options.Add(format);
        command.SetAction(parsed =>
        {
            VersionStore store = StoreOpening.OpenToRead(settings, parsed);
            ModelVersion last = (parsed.GetValue(end) ?? default).In(store);
            if (store.FindEvenPruned(last) is null) throw new UnknownVersionException(last, store.Directory);
            ForgettingMatrix matrix = ForgettingMatrix.Along(last, store.FindEvenPruned);
            if (parsed.GetValue(picture) is { } file) Draw(matrix, file);
            Answer.Print(
                parsed, format, new MatrixAnswer(matrix.Versions, matrix.Cells, matrix.Summaries()), VersionsJson.Default.MatrixAnswer, output => Tell(output, matrix));
            return ExitCode.Ok;
        });
        return command;
    }

    private static void Draw(ForgettingMatrix matrix, FileInfo file)
    {
        if (MatrixPicture.Draw(matrix) is not { } frame) throw new CommandException(ExitCode.Refused, "no version has probed an era yet: there is nothing to draw");
        try
        {
            File.WriteAllBytes(file.FullName, new VipsFrameCodec(new FrameOptions()).EncodePng(frame));
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(ExitCode.Environment, $"{file.FullName} cannot be written: {refused.Message}");
        }
    }

    private static void Tell(TextWriter output, ForgettingMatrix matrix)
    {
        if (matrix.Cells.Count == 0)
        {
            output.WriteLine("no version has probed an era yet");
            return;
        }

        foreach (string objective in matrix.Objectives)
        {
            output.WriteLine($"{objective}: held-out loss (in brackets where the era's sentinels still changed)");
            ModelVersion[] shown = Spread(matrix.Versions);
            Table table = Tables.Of([">era", .. shown.Select(version => $">{version}")]);
            foreach (int era in matrix.ErasOf(objective)) table.Add([Tables.Count(era), .. shown.Select(version => Loss(matrix.Find(version, era, objective)))]);
            Tables.Write(output, table);
        }

        if (matrix.Versions.Count > ShownMax) output.WriteLine($"{ShownMax} of {matrix.Versions.Count} versions; --png and --output json have all");
        Table summary = Tables.Of("objective", ">eras", ">average forgetting", ">backward transfer", ">forward transfer");
        foreach (MatrixSummary row in matrix.Summaries())
            summary.Add(row.Objective, Tables.Count(row.Eras), Share(row.Forgetting), Share(row.BackwardTransfer), Share(row.ForwardTransfer));
        Tables.Write(output, summary);
        output.WriteLine("shares of the trivial loss; forgetting is bad, transfer is good where it is above 0 (docs/guard.md)");
    }

    /// <summary>As many as a terminal has room for, evenly over the line, its ends among them; JSON and picture have all.</summary>
    private static ModelVersion[] Spread(IReadOnlyList<ModelVersion> versions) => versions.Count <= ShownMax
        ? [.. versions]
        : [.. Enumerable.Range(0, ShownMax).Select(place => versions[(int)((long)place * (versions.Count - 1) / (ShownMax - 1))])];

    private static string Loss(MatrixCell? cell) => cell is null
        ? ""
        : cell.IsComparable ? cell.Loss.ToString("0.000", CultureInfo.InvariantCulture) : cell.Loss.ToString("(0.000)", CultureInfo.InvariantCulture);

    private static string Share(double? share) => share is { } value ? value.ToString("+0.0 %;-0.0 %;0.0 %", CultureInfo.InvariantCulture) : "–";
}
