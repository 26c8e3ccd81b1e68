using System.Globalization;
using System.Text.Json;
using SslAgent.Domain;

namespace SslAgent.Auditing;

/// <summary>Compares what was derived with what stands on disk; one sentence for each thing that differs.</summary>
internal static class VersionComparison
{
    private const string Counters = "learner.json", CountersPart = "sections";

    /// <summary>Digest, every stored tensor and every small file, bit for bit.</summary>
    public static IEnumerable<string> OfWeights(IStoredModel stored, IModelSnapshot derived)
    {
        if (stored.Manifest.WeightsDigest != derived.Digest)
            yield return $"the training state: the manifest names digest {stored.Manifest.WeightsDigest}, the journal gives {derived.Digest}";
        if (OfTensors("model.safetensors", stored.ReadModel(), derived.Model) is { } model) yield return model;
        if (stored.Manifest.HasTrainingState && OfTensors("training.safetensors", stored.ReadTraining(), derived.Training) is { } training) yield return training;
        foreach ((string name, byte[] content) in derived.Files.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            byte[] mine = stored.ReadFile(name) ?? [];
            // Beside the counters that file tells how the cycle went, wall clock and all.
            if (name == Counters ? !HasSame(mine, content, CountersPart) : !mine.AsSpan().SequenceEqual(content)) yield return $"{name}: its content";
        }
    }

    /// <summary>What the manifest says and the journal knows, whatever a device makes of the same sums.</summary>
    public static IEnumerable<string> OfFacts(VersionManifest manifest, Derivation.Trained trained)
    {
        JournalRecord.CycleEnded ended = trained.Ended;
        JournalRecord.CycleStarted started = trained.Open.Started;
        if (manifest.Parent != trained.Open.Parent || manifest.Cycle != ended.Cycle || manifest.StepsDone != ended.StepsDone)
            yield return "the manifest's parent, cycle or steps: the journal has others";
        if (manifest.JournalPosition != trained.At + 1)
            yield return $"the manifest's journal position: {manifest.JournalPosition}, and its cycle's last record has number {trained.At}";
        if (manifest.Verdict.Kind != ended.Verdict.Kind)
            yield return $"the verdict: {manifest.Verdict.Kind} in the manifest, {ended.Verdict.Kind} in the journal";
        using JsonDocument plan = JsonDocument.Parse(started.PlanJson);
        if (!JsonElement.DeepEquals(manifest.Plan, plan.RootElement)) yield return "the manifest's plan: the journal has another";
        if (manifest.Fingerprint != started.Fingerprint) yield return $"the fingerprint: \"{manifest.Fingerprint}\" in the manifest, \"{started.Fingerprint}\" in the journal";
    }

    /// <summary>A sample is put in quarantine where its loss is not finite: a matter of bits.</summary>
    public static IEnumerable<string> OfQuarantine(Derivation.Trained trained, CycleReport derived)
    {
        IReadOnlyList<SampleId> recorded = trained.Ended.Quarantined;
        if (!derived.Quarantined.SequenceEqual(recorded))
            yield return $"the samples put in quarantine: {recorded.Count} in the journal, {derived.Quarantined.Count} derived";
    }

    /// <param name="recorded">As a manifest has it.</param>
    /// <param name="measured">As it was derived.</param>
    public static IEnumerable<string> OfProbes(ProbeReport recorded, ProbeReport measured)
    {
        // Through the same text: .NET writes 2^-25 with a digit too few, and reads its neighbour.
        ProbeReport derived = Check.NotNull(
            JsonSerializer.Deserialize(JsonSerializer.SerializeToUtf8Bytes(measured, DomainJson.Default.ProbeReport), DomainJson.Default.ProbeReport), "what is written is read");
        // Releases that did not measure the health of the joint space recorded none.
        bool isSameJoint = recorded.Joint.Count == 0 || IsSame(recorded.Joint, derived.Joint);
        if (!recorded.Eras.SequenceEqual(derived.Eras) || !IsSame(recorded.Features, derived.Features) || recorded.Retrieval != derived.Retrieval || !isSameJoint)
            yield return $"the probes: {Describe(recorded, derived)}";
    }

    /// <summary>But for how uncertain it is, where a release recorded none of that.</summary>
    private static bool IsSame(IReadOnlyList<FeatureHealth> recorded, IReadOnlyList<FeatureHealth> derived) =>
        recorded.Count == derived.Count && recorded.Zip(derived).All(pair => pair.First == (pair.First.Noise is null ? pair.Second with { Noise = null } : pair.Second));

    private static string Describe(ProbeReport recorded, ProbeReport derived)
    {
        EraProbe[] other = [.. recorded.Eras.Except(derived.Eras)];
        if (other.Length == 0) return "measures of the features or of retrieval are not the derived ones";
        EraProbe? again = derived.Eras.FirstOrDefault(era => (era.Era, era.Objective) == (other[0].Era, other[0].Objective));
        return $"{other.Length} of {recorded.Eras.Count} recorded held-out losses are not the derived ones, the first: {other[0].Objective} of era {other[0].Era}, {Words(other[0])} and {(again is null ? "none" : Words(again))}";
    }

    private static string Words(EraProbe era) => string.Create(CultureInfo.InvariantCulture, $"{era.Loss:R} ± {era.Noise:R} over {era.Count} sentinels ({era.Set:x})");

    private static string? OfTensors(string file, IReadOnlyDictionary<string, TensorBytes> stored, IReadOnlyList<TensorBytes> derived)
    {
        string[] different =
        [
            .. derived.Where(tensor => !stored.TryGetValue(tensor.Name, out TensorBytes? mine) || !mine.Data.Span.SequenceEqual(tensor.Data.Span))
                .Select(tensor => tensor.Name),
            .. stored.Keys.Except(derived.Select(tensor => tensor.Name)),
        ];
        return different.Length == 0 ? null : $"{file}: {different.Length} of {derived.Count} tensors, {different[0]} among them";
    }

    private static bool HasSame(byte[] stored, byte[] derived, string part)
    {
        using JsonDocument mine = JsonDocument.Parse(stored), other = JsonDocument.Parse(derived);
        return mine.RootElement.TryGetProperty(part, out JsonElement one) && JsonElement.DeepEquals(one, other.RootElement.GetProperty(part));
    }
}
