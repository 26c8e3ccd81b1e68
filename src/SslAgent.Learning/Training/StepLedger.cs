using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Optimizing;
using SslAgent.Learning.State;
using static TorchSharp.torch;

namespace SslAgent.Learning.Training;

/// <summary>
/// Keeps what steps left on the device until it is read, all at once, every few steps; then turns it into reports, the cycle's progress and quarantined
/// samples. One cycle's; the learner thread's.
/// </summary>
internal sealed class StepLedger
{
    // A row on the device: loss, gradient norm, 1 if taken, then the objective's terms.
    private const int LossColumn = 0, NormColumn = 1, TakenColumn = 2, TermsColumn = 3;

    private readonly CycleNumber _cycle;
    private readonly Action<StepReport>? _progress;
    private readonly List<Entry> _pending = [];
    private readonly SortedDictionary<string, ObjectiveLedger> _objectives = new(StringComparer.Ordinal);
    private readonly SortedSet<long> _quarantined = [];
    private readonly SurpriseBook _book;

    /// <param name="before">The cycle as a resume point left it, or null at its beginning.</param>
    public StepLedger(CycleNumber cycle, CycleProgress? before, SurpriseBook book, Action<StepReport>? progress)
    {
        _cycle = cycle;
        _book = book;
        _progress = progress;
        foreach (ObjectiveProgress objective in before?.Objectives ?? []) _objectives.Add(objective.Objective, new ObjectiveLedger(objective));
        _quarantined.UnionWith(before?.Quarantined ?? []);
    }

    private sealed record Entry(
        ObjectiveDefinition Objective, int Step, Tensor Row, StepDraws Draws, double Rate, double Seconds)
    {
        public IReadOnlyList<SampleId> Ids => Draws.Ids;
    }

    public int Pending => _pending.Count;

    /// <summary>Notes a step; its numbers stay on the device.</summary>
    public void Add(
        ObjectiveDefinition objective, int step, ObjectiveLoss loss, StepOutcome outcome, StepDraws draws, double seconds)
    {
        Tensor row = stack([loss.Loss.detach(), outcome.Norm, outcome.Taken, .. loss.Terms]).DetachFromDisposeScope();
        _pending.Add(new Entry(objective, step, row, draws, outcome.Rate, seconds));
    }

    /// <summary>Reads all pending rows, reports them by objective, and forgets them.</summary>
    public void Flush()
    {
        foreach (IGrouping<string, Entry> group in _pending.GroupBy(entry => entry.Objective.Name).OrderBy(group => group.Key, StringComparer.Ordinal))
        {
            Entry[] entries = [.. group];
            float[][] rows = [.. entries.Select(entry => Read(entry.Row))];
            Note(entries, rows);
            _progress?.Invoke(Report(entries, rows));
        }

        _pending.Clear();
    }

    public CycleProgress Progress(int stepsDone)
    {
        Check.That(_pending.Count == 0, "progress is asked for after a flush");
        return new CycleProgress(_cycle.Value, stepsDone, [.. _objectives.Values.Select(ledger => ledger.ToProgress())], [.. _quarantined]);
    }

    public CycleReport ToReport(int stepsDone)
    {
        Check.That(_pending.Count == 0, "a report is made after a flush");
        return new CycleReport(
            _cycle, stepsDone, _objectives.ToDictionary(pair => pair.Key, pair => pair.Value.ToSummary(), StringComparer.Ordinal),
            [.. _quarantined.Select(sequence => new SampleId(sequence))]);
    }

    private static float[] Read(Tensor row)
    {
        using var scope = NewDisposeScope();
        float[] values = row.cpu().data<float>().ToArray();
        row.Dispose();
        return values;
    }

    private void Note(Entry[] entries, float[][] rows)
    {
        string name = entries[0].Objective.Name;
        if (!_objectives.TryGetValue(name, out ObjectiveLedger? ledger)) _objectives.Add(name, ledger = new ObjectiveLedger(name));
        for (var i = 0; i < entries.Length; i++)
        {
            bool taken = rows[i][TakenColumn] > 0;
            ledger.Add(rows[i][LossColumn], rows[i][NormColumn], taken, entries[i].Draws, entries[i].Seconds);
            foreach (StepDraws.Surprised surprised in entries[i].Draws.Surprises) Note(surprised, taken);
            if (!taken) _quarantined.UnionWith(entries[i].Ids.Select(id => id.Sequence));
        }
    }

    private void Note(StepDraws.Surprised surprised, bool taken)
    {
        float[] errors = Read(surprised.Errors);
        if (!taken) return;
        foreach ((string source, float error) in surprised.Sources.Zip(errors)) _book.Note(source, error);
    }

    private StepReport Report(Entry[] entries, float[][] rows)
    {
        float[][] taken = [.. rows.Where(row => row[TakenColumn] > 0)];
        ObjectiveDefinition objective = entries[0].Objective;
        var terms = new Dictionary<string, double>(StringComparer.Ordinal);
        for (var term = 0; term < objective.TermNames.Count; term++) terms.Add(objective.TermNames[term], Mean(taken, TermsColumn + term));
        return new StepReport(
            _cycle, new StepNumber(entries[^1].Step), objective.Name, entries.Length, entries.Sum(entry => entry.Ids.Count),
            Mean(taken, LossColumn), Mean(taken, NormColumn), entries[^1].Rate, rows.Length - taken.Length, terms)
        {
            Views = entries.Aggregate((ViewCounts?)null, (sum, entry) => ViewCounts.Sum(sum, entry.Draws.Views)),
        };
    }

    /// <summary>NaN where no step was taken: there is no loss to speak of.</summary>
    private static double Mean(float[][] rows, int column) => rows.Length == 0 ? double.NaN : rows.Average(row => (double)row[column]);
}
