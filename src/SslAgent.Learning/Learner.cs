using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Probing;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.State;
using SslAgent.Learning.Text;
using SslAgent.Learning.Torch;
using SslAgent.Learning.Towers;
using SslAgent.Learning.Training;
using static TorchSharp.torch;

namespace SslAgent.Learning;

/// <summary>
/// The network and its training, on one dedicated thread: the one that made it, and no other may call it (tensors' scopes are the thread's).
/// The same plan, stored state, view and cycle give the same bytes. Whoever made it disposes it.
/// </summary>
public sealed class Learner : IDisposable
{
    private readonly LearnerPlan _plan;
    private readonly LearnerState _state;
    private readonly IReadOnlyList<ObjectiveDefinition> _objectives;
    private readonly TimeProvider _time;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private Teacher? _teacher;
    private ISampleMemory? _memory;
    private ViewLimits? _viewLimits;

    internal Learner(LearnerPlan plan, IReadOnlyList<ObjectiveDefinition> objectives, Func<byte[], ITokenizer> readTokenizer, TimeProvider time)
    {
        TorchRuntime.Configure(plan.Compute);
        _plan = plan;
        _objectives = objectives;
        _time = time;
        _state = new LearnerState(plan, objectives, readTokenizer);
        _state.Initialize();
    }

    public LearnerPlan Plan => _plan;

    /// <summary>Trainable numbers.</summary>
    public long ParameterCount => _state.Parameters.Layout.Slots.Sum(slot => slot.Spec.Count);

    /// <summary>How surprising each source has been, by the version that this stands on and what it has seen since.</summary>
    public IReadOnlyList<SourceSurprise> Surprises => _state.Surprises.Sources;

    /// <summary>Whether texts can be learned yet.</summary>
    public bool HasTokenizer => _state.Tokenizer is not null;

    /// <summary>Numerics besides the plan: library, device, dtype, threads, processor kind.</summary>
    public string Fingerprint => FingerprintOf(_plan);

    /// <summary>The same, before there is a learner.</summary>
    public static string FingerprintOf(LearnerPlan plan) => TorchRuntime.Fingerprint(plan.Compute);

    /// <summary>Steps done of the cycle that the restored state was in or had just ended; 0 for a new learner.</summary>
    public int StepsDone => _state.Progress?.StepsDone ?? 0;

    /// <summary>A new lineage: weights drawn from the plan's seed.</summary>
    public static Learner Create(LearnerPlan plan, TimeProvider time) => new(plan, ObjectiveRegistry.Of(plan), TokenizerFiles.Read, time);

    /// <summary>Goes on from a version or a resume point. Throws <see cref="ModelStateException"/> where it does not fit the plan.</summary>
    public static Learner Restore(LearnerPlan plan, IStoredModel stored, TimeProvider time)
    {
        Learner learner = Create(plan, time);
        try
        {
            learner._state.Load(stored);
            return learner;
        }
        catch
        {
            learner.Dispose();
            throw;
        }
    }

    /// <summary>A version's encoders on weights of their own, for the serving thread. Any thread; not the learner's business.</summary>
    /// <param name="dtype">fp32 gives what docs/python/load.py gives; bf16 is faster on some machines.</param>
    public static IEmbedder OpenEmbedder(IStoredModel stored, string device, ComputeDtype dtype = ComputeDtype.Fp32) =>
        Embedder.Open(stored, new Device(device), dtype, TokenizerFiles.Read);

    /// <summary>From here on texts are learned. Once in a lineage, between cycles.</summary>
    public void AdoptTokenizer(ITokenizer tokenizer)
    {
        RequireThread();
        Check.That(_state.Tokenizer is null, "a lineage has one tokenizer");
        Check.That(tokenizer.VocabularySize <= _plan.Model.VocabularySize, "the token table has room for every token");
        _state.Tokenizer = tokenizer;
    }

    /// <summary>
    /// Takes what would be served now for the teacher of the cycles to come, where the plan has a use for one: called where this learner stands on the last promoted version.
    /// </summary>
    public void TeachBySelf()
    {
        RequireThread();
        if (!_plan.Regularization.NeedsTeacher) return;
        Replace(new Teacher(_plan.Model, _state.Parameters.Layout, _state.ServedFlat, _state.Parameters.Compute.Dtype));
    }

    /// <summary>Takes a stored version for the teacher of the cycles to come, or none, where the plan has a use for one.</summary>
    public void TeachBy(IStoredModel? stored)
    {
        RequireThread();
        if (!_plan.Regularization.NeedsTeacher) return;
        if (stored is null)
        {
            Replace(null);
            return;
        }

        using var scope = NewDisposeScope();
        using Weights served = LoadedWeights.Load(stored, _plan.Model, _state.Parameters.Compute.Device, ComputeDtype.Fp32);
        Replace(new Teacher(_plan.Model, served.Layout, served.Flat, _state.Parameters.Compute.Dtype));
    }

    /// <summary>What the replay buffer remembers of its samples, for the cycles to come; null: nothing.</summary>
    public void Remember(ISampleMemory? memory)
    {
        RequireThread();
        _memory = memory;
    }

    /// <summary>
    /// Holds augmented views of the cycles to come against checks of the caller's, beside that of the plan: a view that one rejects is drawn again, and after <paramref name="drawsMax"/> draws the whole
    /// picture stands for it; reports count both. They are no part of the plan: the same bits come of the same checks only.
    /// </summary>
    /// <param name="checks">Asked in order; empty for none.</param>
    public void CheckViews(IReadOnlyList<ViewCheck> checks, int drawsMax = 4)
    {
        RequireThread();
        Check.That(drawsMax > 0, "a view is drawn at least once");
        _viewLimits = checks.Count > 0 ? new ViewLimits([.. checks], drawsMax) : null;
    }

    /// <summary>
    /// Runs the steps of one cycle on a frozen view. With <paramref name="firstStep"/> above 0 it goes on with the cycle of the resume point it was
    /// restored from, and ends with the same bytes as one that was never interrupted.
    /// </summary>
    /// <param name="steps">The step budget: steps firstStep … steps - 1 are run.</param>
    /// <param name="continueAfter">Asked before each step with the steps done so far; false ends the cycle there.</param>
    /// <param name="progress">Told every few steps, by objective.</param>
    public CycleReport RunCycle(
        CycleNumber cycle, int firstStep, int steps, IBatchSource source, Func<int, bool> continueAfter, Action<StepReport>? progress)
    {
        RequireThread();
        CycleProgress? before = null;
        if (firstStep > 0)
        {
            before = _state.Progress;
            Check.That(before is not null && before.Cycle == cycle.Value && before.StepsDone == firstStep, "a cycle goes on where its resume point left it");
        }

        return new CycleRun(_plan, _state, _objectives, _time, cycle, source, _teacher, _memory, _viewLimits, before, progress).Run(firstStep, steps, continueAfter);
    }

    /// <summary>Measures what would be served now: the average where it is on, else the weights.</summary>
    public ProbeReport Probe(ISentinelSource sentinels)
    {
        RequireThread();
        using Weights served = ServedWeights();
        using var towers = new TowerSet(_plan.Model, served);
        HashSet<string> planned = [.. _plan.Objectives.Select(objective => objective.Name)];
        ObjectiveDefinition[] objectives = [.. _objectives.Where(objective => planned.Contains(objective.Name))];
        return new Prober(_plan, towers, _state.Tokenizer, _state.ObjectiveState, objectives, sentinels).Run();
    }

    /// <summary>The encoders of what would be served now, on weights of their own: what training does later they do not see. Whoever asked disposes them.</summary>
    /// <param name="version">What their vectors say that they are of.</param>
    public IEmbedder OpenEmbedder(ModelVersion version)
    {
        RequireThread();
        return new Embedder(version, _state.Describe(), _state.Tokenizer, ServedWeights());
    }

    /// <summary>Says where samples lie in the space of what would be served now. Whoever asked disposes it, before training goes on.</summary>
    public ISampleEmbedder OpenSampleEmbedder()
    {
        RequireThread();
        return new SampleEmbedder(_plan, ServedWeights(), _state.Tokenizer);
    }

    /// <summary>
    /// One copy of the training state; training may go on at once. At most two should be undisposed at a time, so that a digest can still be taken; a fourth is refused.
    /// </summary>
    public IModelSnapshot Snapshot()
    {
        RequireThread();
        return _state.Snapshot();
    }

    /// <summary>Back to a stored version: weights, moments, average, objective state, counters, tokenizer.</summary>
    public void RevertTo(IStoredModel stored)
    {
        RequireThread();
        ITokenizer? tokenizer = _state.Tokenizer;
        _state.Load(stored);
        _state.Tokenizer ??= tokenizer; // A tokenizer frozen since then stays frozen: its record is in the journal for good.
    }

    /// <summary>sha256 over the training state: equal means bit-identical.</summary>
    public string Digest()
    {
        RequireThread();
        return _state.Digest();
    }

    /// <summary>Hides patches of some frames and shows what the served weights make of them; the same frames give the same pictures.</summary>
    public IReadOnlyList<ReconstructedFrame> ReconstructFrames(IReadOnlyList<Frame> frames)
    {
        RequireThread();
        using Weights served = ServedWeights();
        using var towers = new TowerSet(_plan.Model, served);
        return Reconstruction.Of(frames, _plan, towers, new DrawKey(_plan.Seed, 0, 0, ChanceStream.Probe));
    }

    public void Dispose()
    {
        _teacher?.Dispose();
        _state.Dispose();
    }

    private void Replace(Teacher? teacher)
    {
        _teacher?.Dispose();
        _teacher = teacher;
    }

    private Weights ServedWeights()
    {
        using var scope = NewDisposeScope();
        Tensor copy = _state.ServedFlat.to_type(_state.Parameters.Compute.Dtype, copy: true);
        return new Weights(_state.Parameters.Layout, copy, gradients: null);
    }

    private void RequireThread() => Check.That(Environment.CurrentManagedThreadId == _thread, "a learner is called on its own thread");
}
