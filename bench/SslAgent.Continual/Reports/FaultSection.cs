using System.Globalization;
using System.Text;
using SslAgent.Continual.Runs;
using SslAgent.Continual.Streams;
using SslAgent.Domain;

namespace SslAgent.Continual.Reports;

/// <summary>What a wrong learning rate does to the default, and what is left of that where the guard acts. Empty where no such runs are at hand.</summary>
internal sealed class FaultSection(RunTable runs, IReadOnlyList<StreamSpec> streams, Pictures pictures)
{
    private const string Says =
        """
        In every fifth cycle somebody's learning rate is a hundred times too high. Once the guard only looks on, as in all other runs; once it acts as the agent does: a rejected version's cycle is lost, and training goes on from the last promoted one.
        Losses of the last version, mean over seeds. The steps are the same, so what a guarded run misses to the one without faults is also what the lost cycles would have taught. Verdicts are those of the run in which the guard acts.
        """;

    public string Write()
    {
        var page = new StringBuilder();
        foreach (StreamSpec stream in streams)
        {
            int share = runs.ShownShare(stream.Name);
            IReadOnlyList<RunRecord> guarded = runs.Of(stream.Name, Methods.FaultsGuarded, share), watched = runs.Of(stream.Name, Methods.Faults, share);
            if (guarded.Count == 0 || watched.Count == 0) continue;
            if (page.Length == 0)
            {
                page.AppendLine("## When something goes wrong").AppendLine().AppendLine(Says).AppendLine();
                page.AppendLine("| Stream | Loss | no faults | faults | faults, and the guard acts | faulty versions rejected | held | other versions not promoted |").AppendLine("|---|---|---|---|---|---|---|---|");
            }

            foreach (string objective in runs.Objectives(stream.Name))
            {
                string[] losses = [.. new[] { runs.Of(stream.Name, Methods.Default, share), watched, guarded }.Select(own => Mean(own, objective))];
                page.AppendLine(CultureInfo.InvariantCulture, $"| {stream.Name} | {objective} | {string.Join(" | ", losses)} | {Verdicts(guarded)} |");
            }
        }

        if (page.Length == 0) return "";
        page.AppendLine();
        foreach (StreamSpec stream in streams)
        {
            foreach (string objective in runs.Objectives(stream.Name))
            {
                if (pictures.Faults(stream, objective) is { } picture) page.AppendLine(CultureInfo.InvariantCulture, $"![held-out {objective} loss of {stream.Name} with faults]({picture})").AppendLine();
            }
        }

        return page.ToString();
    }

    private static string Mean(IReadOnlyList<RunRecord> own, string objective)
    {
        double[] losses = [.. own.Select(record => RunTable.Loss(record, objective)).OfType<double>()];
        return losses.Length == 0 ? "–" : losses.Average().ToString("F4", CultureInfo.InvariantCulture);
    }

    private static string Verdicts(IReadOnlyList<RunRecord> guarded)
    {
        Faults faults = Check.NotNull(Methods.Find(Methods.FaultsGuarded).Faults, "it has faults");
        ILookup<bool, VerdictKind> byFault = guarded.SelectMany(record => record.Verdicts.Select((kind, place) => (IsFaulty: faults.Hits(place + 1), kind))).ToLookup(one => one.IsFaulty, one => one.kind);
        VerdictKind[] faulty = [.. byFault[true]], other = [.. byFault[false]];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{faulty.Count(kind => kind == VerdictKind.Reject)} of {faulty.Length} | {faulty.Count(kind => kind == VerdictKind.Hold)} | {other.Count(kind => kind != VerdictKind.Promote)} of {other.Length}");
    }
}
