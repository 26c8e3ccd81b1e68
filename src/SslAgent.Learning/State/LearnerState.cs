using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Text;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.State;

/// <summary>
/// Everything that training stands on, and its way into snapshots and back. The learner owns it; one thread.
/// </summary>
internal sealed class LearnerState : IDisposable
{
    public const string MastersName = "training.masters", FirstMomentsName = "training.first_moments", SecondMomentsName = "training.second_moments",
        ObjectiveStateName = "training.objective_state", TokenizerFile = "tokenizer.json";

    private readonly LearnerPlan _plan;
    private readonly Func<byte[], ITokenizer> _readTokenizer;
    private readonly ShadowPool _shadows;

    public LearnerState(LearnerPlan plan, IReadOnlyList<ObjectiveDefinition> objectives, Func<byte[], ITokenizer> readTokenizer)
    {
        _plan = plan;
        _readTokenizer = readTokenizer;
        ParameterLayout layout = ObjectiveRegistry.Layout(plan.Model, objectives);
        Parameters = new FlatParameters(layout, plan.Compute, averaged: plan.Optimizer.EmaDecay > 0);
        Towers = new TowerSet(plan.Model, Parameters.Compute);
        if (ObjectiveRegistry.StateLayout(plan.Model, objectives) is { } stateLayout)
            ObjectiveState = new Weights(stateLayout, zeros(stateLayout.Count, device: new Device(plan.Compute.Device)), gradients: null);
        _shadows = new ShadowPool(layout.Count, Parameters.Average is not null, ObjectiveState?.Layout.Count ?? 0);
        _shadows.Prepare();
    }

    public FlatParameters Parameters { get; }

    public TowerSet Towers { get; }

    /// <summary>What objectives keep besides weights, or null.</summary>
    public Weights? ObjectiveState { get; }

    /// <summary>Null until it was frozen.</summary>
    public ITokenizer? Tokenizer { get; set; }

    /// <summary>The cycle under way or just ended.</summary>
    public CycleProgress? Progress { get; set; }

    /// <summary>What is served: the average where it is on.</summary>
    public Tensor ServedFlat => Parameters.Average ?? Parameters.Masters;

    /// <summary>First weights, from the seed.</summary>
    public void Initialize()
    {
        ReadOnlySpan<byte> first = Initialization.BytesOf(Initialization.Draw(Parameters.Layout, _plan.Seed));
        StoredWeights.Fill(Parameters.Masters, first);
        if (Parameters.Average is { } average) StoredWeights.Fill(average, first);
        if (ObjectiveState is { } state)
            StoredWeights.Fill(state.Flat, Initialization.BytesOf(Initialization.Draw(state.Layout, _plan.Seed + 1)));
        Parameters.RefreshCompute();
    }

    public ModelSnapshot Snapshot()
    {
        Shadow shadow = _shadows.Rent();
        CopyInto(shadow);
        return new ModelSnapshot(_shadows, shadow, Parameters.Layout, [.. Parameters.Counters], Files());
    }

    public string Digest()
    {
        Shadow shadow = _shadows.Rent();
        CopyInto(shadow);
        string digest = TrainingDigest.Of(shadow, Parameters.Layout, Parameters.Counters);
        _shadows.Return(shadow);
        return digest;
    }

    /// <summary>Takes everything from a stored version: weights, moments, average, objective state, counters, tokenizer.</summary>
    public void Load(IStoredModel stored)
    {
        ModelVersion version = stored.Manifest.Version;
        IReadOnlyDictionary<string, TensorBytes> training = stored.ReadTraining();
        if (training.Count == 0) throw new ModelStateException($"version {version} has no training state: retention dropped it, so nothing can be trained on from there");
        RequireServed(stored, version);
        long[] flatShape = [Parameters.Layout.Count];
        byte[] served = StoredWeights.Flatten(stored.ReadModel(), Parameters.Layout, version);
        StoredWeights.Fill(ServedFlat, served);
        if (Parameters.Average is not null) Fill(Parameters.Masters, MastersName, flatShape);
        Fill(Parameters.FirstMoments, FirstMomentsName, flatShape);
        Fill(Parameters.SecondMoments, SecondMomentsName, flatShape);
        if (ObjectiveState is { } state) Fill(state.Flat, ObjectiveStateName, [state.Layout.Count]);
        Parameters.RefreshCompute();
        LoadCounters(stored);
        Tokenizer = stored.ReadFile(TokenizerFile) is { } json ? _readTokenizer(json) : null;

        void Fill(Tensor flat, string name, long[] shape) =>
            StoredWeights.Fill(flat, StoredWeights.Require(training, name, shape, version).Data.Span);
    }

    public void Dispose()
    {
        Towers.Dispose();
        Parameters.Dispose();
        ObjectiveState?.Dispose();
    }

    private void RequireServed(IStoredModel stored, ModelVersion version)
    {
        string mine = Parameters.Average is null ? "raw" : "ema", theirs = StoredWeights.ReadDescription(stored).Served;
        if (mine != theirs)
            throw new ModelStateException($"version {version} serves '{theirs}' weights and the plan '{mine}': learning.emaDecay cannot be switched on or off on existing state");
    }

    private void LoadCounters(IStoredModel stored)
    {
        LearnerCounters counters = StoredWeights.ReadJson(stored, LearnerCounters.FileName, PlanJson.Default.LearnerCounters);
        bool rewarm = stored.Manifest.Kind == VersionKind.Rollback;
        foreach (SectionRange range in Parameters.Layout.Sections)
        {
            SectionCounters? section = counters.Sections.FirstOrDefault(one => one.Section == range.Name);
            if (section is null) throw new ModelStateException($"version {stored.Manifest.Version}: '{LearnerCounters.FileName}' does not count section '{range.Name}'");
            // After a rollback the moments are old news to the data that comes: the schedule warms up anew.
            Parameters.SetCounter(range.Name, new SectionCounter(section.Steps, rewarm ? section.Steps : section.WarmFrom));
        }

        Progress = counters.Progress;
    }

    private void CopyInto(Shadow shadow)
    {
        StoredWeights.Read(Parameters.Masters, shadow.Masters);
        StoredWeights.Read(Parameters.FirstMoments, shadow.FirstMoments);
        StoredWeights.Read(Parameters.SecondMoments, shadow.SecondMoments);
        if (Parameters.Average is { } average) StoredWeights.Read(average, shadow.Average);
        if (ObjectiveState is { } state) StoredWeights.Read(state.Flat, shadow.ObjectiveState);
    }

    private Dictionary<string, byte[]> Files()
    {
        SectionCounters[] sections =
            [.. Parameters.Layout.Sections.Select((range, index) => new SectionCounters(range.Name, Parameters.Counters[index].Steps, Parameters.Counters[index].WarmFrom))];
        var counters = new LearnerCounters(LearnerCounters.FormatCurrent, sections, Progress);
        var description = new ModelDescription(
            ModelDescription.FormatCurrent, Parameters.Average is null ? "raw" : "ema", _plan.Model, _plan.Normalization, Numerics.LayerNormEpsilon,
            Mae.VarianceEpsilon, _plan.Masking.PatchesKept, Tokenizer?.VocabularySize ?? 0, HasJointSpace: Parameters.Counter(Clip.Section).Steps > 0);
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [LearnerCounters.FileName] = JsonSerializer.SerializeToUtf8Bytes(counters, PlanJson.Default.LearnerCounters),
            [ModelDescription.FileName] = JsonSerializer.SerializeToUtf8Bytes(description, PlanJson.Default.ModelDescription),
        };
        if (Tokenizer is { } tokenizer) files[TokenizerFile] = tokenizer.ToJson();
        return files;
    }
}
