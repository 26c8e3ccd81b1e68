using System.CommandLine;
using Spectre.Console;
using SslAgent.Checkpoints;
using SslAgent.Commands.Printing;

namespace SslAgent.Commands.Versions;

/// <summary><c>sslagent checkpoints diff FROM TO</c>: what is different between two versions.</summary>
internal static class DiffVersions
{
    public static Command Build()
    {
        Command command = new("diff", "Compares two versions: measures, options, with --weights how far each tensor moved");
        Settings settings = Settings.AddTo(command);
        Option<string> format = CommonOptions.Output();
        Option<bool> weights = new("--weights") { Description = "Reads both models and says how far each tensor moved" };
        Argument<VersionChoice> from = VersionChoice.Argument("FROM", "The older one: v41, HEAD or SERVING"), to = VersionChoice.Argument("TO", "The newer one");
        command.Arguments.Add(from);
        command.Arguments.Add(to);
        command.Options.Add(format);
        command.Options.Add(weights);
        command.SetAction((parsed, cancellation) =>
        {
            VersionStore store = StoreOpening.OpenToRead(settings, parsed);
            VersionDiff diff = store.Diff(parsed.GetValue(from).In(store), parsed.GetValue(to).In(store));
            IReadOnlyList<TensorChange>? tensors = parsed.GetValue(weights) ? store.DiffWeights(diff.From.Version, diff.To.Version, cancellation) : null;
            ComparedVersions compared = new(diff.From.Version, diff.To.Version, diff.SameWeights, diff.SamplesBetween, diff.Measures, diff.Plan, tensors);
            Answer.Print(parsed, format, compared, VersionsJson.Default.ComparedVersions, output => Tell(output, compared));
            return Task.FromResult(ExitCode.Ok);
        });
        return command;
    }

    private static void Tell(TextWriter output, ComparedVersions compared)
    {
        string weights = compared.SameWeights ? "the same weights" : "different weights";
        output.WriteLine($"{compared.From} → {compared.To}: {weights}, {Tables.Count(compared.RecordsBetween)} journal records between them");
        if (compared.Measures.Count > 0)
        {
            Table table = Tables.Of("measure", $">{compared.From}", $">{compared.To}", ">change");
            foreach (MeasureChange measure in compared.Measures)
            {
                string change = measure is { From: { } before, To: { } after } ? (after - before).ToString("+0.0000;-0.0000;0") : "";
                table.Add(measure.Measure, Cell(measure.From), Cell(measure.To), change);
            }

            Tables.Write(output, table);
        }

        foreach (PlanChange option in compared.Plan) output.WriteLine($"  {option.Path}: {option.From ?? "(not there)"} → {option.To ?? "(not there)"}");
        if (compared.Tensors is not { } tensors) return;
        Table moved = Tables.Of("tensor", ">elements", ">relative change");
        foreach (TensorChange tensor in tensors.OrderByDescending(tensor => tensor.Relative))
            moved.Add(tensor.Name, Tables.Count(tensor.Elements), Tables.Measure(tensor.Relative));
        Tables.Write(output, moved);
    }

    private static string Cell(double? value) => value is { } number ? Tables.Measure(number) : "–";
}
