using System.Text.Json;
using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Objectives.Parts;
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

    /// <summary>What a manifest calls it where the running mean of the weights is served, and where the weights themselves are.</summary>
    public const string Averaged = "ema", Plain = "raw";

    private readonly LearnerPlan _plan;
    private readonly IReadOnlyList<ObjectiveDefinition> _objectives;
    private readonly Func<byte[], ITokenizer> _readTokenizer;
    private readonly ShadowPool _shadows;
    private TowerSet? _averageTowers;

    public LearnerState(LearnerPlan plan, IReadOnlyList<ObjectiveDefinition> objectives, Func<byte[], ITokenizer> readTokenizer)
    {
        _plan = plan;
        _objectives = objectives;
        _readTokenizer = readTokenizer;
        ParameterLayout layout = ObjectiveRegistry.Layout(plan, objectives);
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

    /// <summary>How surprising each source has been.</summary>
    public SurpriseBook Surprises { get; } = new();

    /// <summary>What is served: the average where it is on.</summary>
    public Tensor ServedFlat => Parameters.Average ?? Parameters.Masters;

    private string Served => Parameters.Average is null ? Plain : Averaged;

    /// <summary>The towers of what is served, as it stands.</summary>
    public TowerSet ServedTowers => Parameters.Average is null ? Towers : _averageTowers ??= new TowerSet(_plan.Model, AverageWeights());

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
        return new ModelSnapshot(_shadows, shadow, Parameters.Layout, [.. Parameters.Counters], Surprises.Sources, Files());
    }

    public string Digest()
    {
        Shadow shadow = _shadows.Rent();
        CopyInto(shadow);
        string digest = TrainingDigest.Of(shadow, Parameters.Layout, Parameters.Counters, Surprises.Sources);
        _shadows.Return(shadow);
        return digest;
    }

    /// <summary>Takes everything from a stored version: weights, moments, average, objective state, counters, tokenizer.</summary>
    public void Load(IStoredModel stored)
    {
        ModelVersion version = stored.Manifest.Version;
        IReadOnlyDictionary<string, TensorBytes> training = stored.ReadTraining();
        if (training.Count == 0) throw new ModelStateException($"version {version} has no training state: retention dropped it, so nothing can be trained on from there");
        LearnerCounters counters = StoredWeights.ReadJson(stored, LearnerCounters.FileName, PlanJson.Default.LearnerCounters);
        StoredSections sections = new(counters.Sections), stateSections = new(counters.StateSections);
        PassOverReshaped(sections, stateSections);
        // A version without an average begins one at its weights; of a version with one, the weights that it trained go on.
        byte[] served = ServedOf(stored, sections, version);
        if (Parameters.Average is { } average) StoredWeights.Fill(average, served);
        if (StoredWeights.ReadDescription(stored).Served == Averaged) FillFlat(Parameters.Masters, MastersName, First(sections));
        else StoredWeights.Fill(Parameters.Masters, served);
        FillFlat(Parameters.FirstMoments, FirstMomentsName, Zeros());
        FillFlat(Parameters.SecondMoments, SecondMomentsName, Zeros());
        if (ObjectiveState is { } state) LoadObjectiveState(state, stateSections, training, version);
        Parameters.RefreshCompute();
        LoadCounters(sections, rewarm: stored.Manifest.Kind == VersionKind.Rollback);
        Progress = counters.Progress;
        Surprises.Become(counters.Surprises);
        Tokenizer = stored.ReadFile(TokenizerFile) is { } json ? _readTokenizer(json) : null;

        byte[] Zeros() => new byte[checked(Parameters.Layout.Count * sizeof(float))];

        void FillFlat(Tensor flat, string name, byte[] bytes)
        {
            sections.Overlay(StoredWeights.Require(training, name, [sections.Count], version).Data.Span, Parameters.Layout, bytes);
            StoredWeights.Fill(flat, bytes);
        }
    }

    public void Dispose()
    {
        Towers.Dispose();
        _averageTowers?.Weights.Dispose();
        _averageTowers?.Dispose();
        Parameters.Dispose();
        ObjectiveState?.Dispose();
    }

    /// <summary>Views of the average, which is changed in place: nothing is copied when a step moves it.</summary>
    private Weights AverageWeights()
    {
        using var scope = NewDisposeScope();
        return new Weights(Parameters.Layout, Check.NotNull(Parameters.Average, "the average is on").alias(), gradients: null);
    }

    /// <summary>
    /// An objective that a knob or a release has given another shape since, or a memory that it did not have, begins anew as a whole: old prototypes mean nothing to a new head. Towers and what is served are never passed over.
    /// </summary>
    private void PassOverReshaped(StoredSections sections, StoredSections stateSections)
    {
        foreach (ObjectiveDefinition objective in _objectives.Where(objective => ObjectiveRegistry.Standard.All(standard => standard.Name != objective.Name)))
        {
            string[] own = [.. objective.Declare(_plan.Model).Select(section => section.Name)], state = [.. objective.DeclareState(_plan.Model).Select(section => section.Name)];
            bool isReshaped = Parameters.Layout.Sections.Any(range => own.Contains(range.Name) && sections.Misfits(range))
                || ObjectiveState?.Layout.Sections.Any(range => state.Contains(range.Name) && stateSections.Misfits(range)) == true
                || (own.Any(name => sections.Find(name) is not null) && state.Any(name => stateSections.Find(name) is null));
            if (!isReshaped) continue;
            sections.PassOver(own);
            stateSections.PassOver(state);
        }
    }

    /// <summary>What the version has of the objectives' state; what it does not have begins anew.</summary>
    private void LoadObjectiveState(Weights state, StoredSections stored, IReadOnlyDictionary<string, TensorBytes> training, ModelVersion version)
    {
        byte[] bytes = Initialization.BytesOf(Initialization.Draw(state.Layout, _plan.Seed + 1)).ToArray();
        if (stored.Count > 0) stored.Overlay(StoredWeights.Require(training, ObjectiveStateName, [stored.Count], version).Data.Span, state.Layout, bytes);
        StoredWeights.Fill(state.Flat, bytes);
    }

    private byte[] ServedOf(IStoredModel stored, StoredSections sections, ModelVersion version)
    {
        byte[] flat = First(sections);
        SectionRange[] known = [.. Parameters.Layout.Sections.Where(range => sections.Find(range.Name) is not null)];
        StoredWeights.Overlay(
            flat, stored.ReadModel(),
            Parameters.Layout.Slots.Where(slot => known.Any(range => slot.Offset >= range.Offset && slot.Offset < range.Offset + range.Count)), version);
        return flat;
    }

    /// <summary>What the masters are before a version's own are put over them: first values where it does not have all, else zeros.</summary>
    private byte[] First(StoredSections sections) => sections.Cover(Parameters.Layout)
        ? new byte[checked(Parameters.Layout.Count * sizeof(float))]
        : Initialization.BytesOf(Initialization.Draw(Parameters.Layout, _plan.Seed)).ToArray();

    private void LoadCounters(StoredSections sections, bool rewarm)
    {
        foreach (SectionRange range in Parameters.Layout.Sections)
        {
            SectionCounters? stored = sections.Find(range.Name);
            // After a rollback the moments are old news to the data that comes: the schedule warms up anew.
            Parameters.SetCounter(range.Name, stored is null ? default : new SectionCounter(stored.Steps, rewarm ? stored.Steps : stored.WarmFrom));
        }
    }

    /// <summary>What somebody who gets the weights has to know.</summary>
    public ModelDescription Describe() => new(
        ModelDescription.FormatCurrent, Served, _plan.Model, _plan.Normalization, Numerics.LayerNormEpsilon,
        PatchFilling.VarianceEpsilon, _plan.Masking.PatchesKept, Tokenizer?.VocabularySize ?? 0, HasJointSpace: Parameters.Counter(Clip.Section).Steps > 0);

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
            [.. Parameters.Layout.Sections.Select((range, index) => new SectionCounters(range.Name, range.Count, Parameters.Counters[index].Steps, Parameters.Counters[index].WarmFrom))];
        SectionCounters[] stateSections = ObjectiveState is { } state ? [.. state.Layout.Sections.Select(range => new SectionCounters(range.Name, range.Count, 0, 0))] : [];
        var counters = new LearnerCounters(LearnerCounters.FormatCurrent, sections, stateSections, Progress) { Surprises = Surprises.Sources };
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            [LearnerCounters.FileName] = JsonSerializer.SerializeToUtf8Bytes(counters, PlanJson.Default.LearnerCounters),
            [ModelDescription.FileName] = JsonSerializer.SerializeToUtf8Bytes(Describe(), PlanJson.Default.ModelDescription),
        };
        if (Tokenizer is { } tokenizer) files[TokenizerFile] = tokenizer.ToJson();
        return files;
    }
}
