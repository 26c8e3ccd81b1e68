using SslAgent.Checkpoints;
using SslAgent.Domain;
using SslAgent.Guarding;
using SslAgent.Learning;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Text.Tokenizing;
using SslAgent.Pipeline;
using SslAgent.Replay;

namespace SslAgent.Demo;

/// <summary>
/// Asks the untrained model and a stored version the same questions about data that the agent never saw, and reads from the versions how each era
/// fared. Runs after the agent has stopped, on one thread of its own.
/// </summary>
internal sealed class DemoExam(IReadOnlyList<EmojiPair> pairs, IReadOnlyList<LogSet> logs, ReplayOptions replay, TimeProvider time)
{
    private const int PicturesShown = 12;

    public Task<DemoResult> SitAsync(VersionStore store, ModelVersion version) =>
        Task.Factory.StartNew(() => Sit(store, version), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private DemoResult Sit(VersionStore store, ModelVersion version)
    {
        using IStoredModel stored = store.Open(version);
        LearnerPlan plan = CyclePlan.FromJson(stored.Manifest.Plan.GetRawText()).Learner;
        (ProbeReport before, _) = Ask(Untrained(plan, stored));
        (ProbeReport after, IReadOnlyList<ReconstructedRow> rows) = Ask(Learner.Restore(plan, stored, time));
        IReadOnlyDictionary<string, double> first = HeldOutLosses.Mean(before), last = HeldOutLosses.Mean(after), trivial = HeldOutLosses.MeanTrivial(after);
        ObjectiveResult[] objectives =
            [.. last.Keys.Order(StringComparer.Ordinal).Select(name => new ObjectiveResult(name, first[name], last[name], trivial[name]))];
        return new DemoResult(version, objectives, before.Retrieval, after.Retrieval, Eras(store, stored), ForgettingMatrix.Along(version, store.FindEvenPruned), rows);
    }

    /// <summary>Weights as the lineage began with them, and the tokenizer that it froze later: without one texts could not be asked about.</summary>
    private Learner Untrained(LearnerPlan plan, IStoredModel stored)
    {
        Learner learner = Learner.Create(plan, time);
        if (stored.ReadFile("tokenizer.json") is { } tokenizer) learner.AdoptTokenizer(BpeTokenizer.FromJson(tokenizer));
        return learner;
    }

    private (ProbeReport Answers, IReadOnlyList<ReconstructedRow> Rows) Ask(Learner learner)
    {
        using (learner)
        {
            ProbeReport answers = learner.Probe(new HeldOutSource(pairs, logs));
            IReadOnlyList<ReconstructedFrame> shown = learner.ReconstructFrames([.. Shown().Select(pair => pair.Frame)]);
            return (answers, [.. shown.Select(frame => new ReconstructedRow(frame.Original, frame.Masked, frame.Reconstructed))]);
        }
    }

    /// <summary>Test pictures from everywhere in the list.</summary>
    private IEnumerable<EmojiPair> Shown()
    {
        EmojiPair[] heldOut = [.. pairs.Where(pair => pair.IsHeldOut)];
        return Enumerable.Range(0, PicturesShown).Select(i => heldOut[(i * heldOut.Length / PicturesShown) + (heldOut.Length / PicturesShown / 2)]);
    }

    private List<EraResult> Eras(VersionStore store, IStoredModel stored)
    {
        Dictionary<int, string> names = Names(stored);
        VersionManifest[] line = [.. store.List().Where(manifest => manifest.Kind == VersionKind.Cycle && manifest.Version <= stored.Manifest.Version).OrderBy(manifest => manifest.Version)];
        return
        [
            .. from probe in line.SelectMany(manifest => manifest.Probe.Eras)
               group probe by (probe.Era, probe.Objective) into course
               where stored.Manifest.Probe.Eras.Any(last => (last.Era, last.Objective) == course.Key)
               orderby course.Key.Era, course.Key.Objective
               let last = stored.Manifest.Probe.Eras.First(last => (last.Era, last.Objective) == course.Key)
               // While an era grows its loss answers another question each time.
               let alike = course.Where(probe => probe.Set == last.Set).Select(probe => probe.Loss).ToArray()
               select new EraResult(names.GetValueOrDefault(course.Key.Era, $"era {course.Key.Era}"), course.Key.Objective, alike[0], alike.Min(), last.Loss, last.Count)
        ];
    }

    private Dictionary<int, string> Names(IStoredModel stored)
    {
        if (stored.ReadFile("replay.bin") is not { } saved) return [];
        LearnerPlan plan = CyclePlan.FromJson(stored.Manifest.Plan.GetRawText()).Learner;
        return ReplayState.Load(new MemoryStream(saved), replay, plan.Seed).Eras.ToDictionary(era => era.Number, era => era.Name);
    }
}
