using SslAgent.Domain;
using SslAgent.Learning.Augmenting;
using SslAgent.Learning.Batches;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Optimizing;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Regularizing;
using SslAgent.Learning.State;
using static TorchSharp.torch;

namespace SslAgent.Learning.Training;

/// <summary>One cycle over one frozen view. What it computes depends on the state, the view and (seed, cycle, step) only.</summary>
internal sealed class CycleRun
{
    private readonly LearnerPlan _plan;
    private readonly LearnerState _state;
    private readonly Dictionary<string, ObjectiveDefinition> _definitions;
    private readonly Dictionary<string, int> _parts;
    private readonly TimeProvider _time;
    private readonly CycleNumber _cycle;
    private readonly IBatchSource _source;
    private readonly ISampleMemory? _memory;
    private readonly StepLedger _ledger;
    private readonly ViewLimits? _limits;

    public CycleRun(
        LearnerPlan plan, LearnerState state, IReadOnlyList<ObjectiveDefinition> definitions, TimeProvider time, CycleNumber cycle,
        IBatchSource source, Teacher? teacher, ISampleMemory? memory, ViewLimits? limits, CycleProgress? before, Action<StepReport>? progress)
    {
        _plan = plan;
        _state = state;
        _time = time;
        _cycle = cycle;
        _source = source;
        _memory = plan.Regularization.EmbeddingReplay > 0 ? memory : null;
        _definitions = definitions.ToDictionary(definition => definition.Name, definition => Regularized(definition, teacher), StringComparer.Ordinal);
        _parts = plan.Objectives.Index().ToDictionary(one => one.Item.Name, one => one.Index, StringComparer.Ordinal);
        _ledger = new StepLedger(cycle, before, state.Surprises, progress);
        _limits = ViewLimits.Of(limits, state.ServedTowers, plan);
    }

    /// <summary>Runs steps first, first + 1, … until the budget is used up or <paramref name="continueAfter"/>, asked with the steps done before each, says no.</summary>
    public CycleReport Run(int firstStep, int steps, Func<int, bool> continueAfter)
    {
        ObjectivePlan[] able = ObjectivePlan.DueIn(_cycle, [.. _plan.Objectives.Where(objective => LackOf(objective) is null)]);
        int step = firstStep;
        if (able.Length > 0)
        {
            var turns = new Turns(able, firstStep);
            for (; step < steps && continueAfter(step); step++)
            {
                (ObjectivePlan objective, int turn) = turns.Next();
                Step(objective, turn, step);
                if (_ledger.Pending >= _plan.Compute.FlagInterval) _ledger.Flush();
            }
        }

        _ledger.Flush();
        _state.Progress = _ledger.Progress(step);
        return _ledger.ToReport(step) with { Lacking = [.. _plan.Objectives.Select(LackOf).OfType<LackingData>()], Surprises = _state.Surprises.Sources };
    }

    /// <summary>What an objective lacks to have its turn in this cycle; null where it lacks nothing.</summary>
    private LackingData? LackOf(ObjectivePlan objective)
    {
        ObjectiveDefinition definition = _definitions[objective.Name];
        int there = CountOf(definition);
        bool waitsForTokenizer = definition.ReadsText && _state.Tokenizer is null;
        return there >= definition.SamplesMin && !waitsForTokenizer ? null : new LackingData(objective.Name, definition.SamplesMin, there, waitsForTokenizer);
    }

    /// <summary>Samples that it may draw, or windows where it asks for them.</summary>
    private int CountOf(ObjectiveDefinition definition) => definition.Windows is { } windows
        ? _source.CountWindows(windows.ShapeOf(_plan.Windows))
        : _source.Available.Of(definition.Modality);

    private Batch Draw(ObjectiveDefinition definition, int batchSize, DrawKey key)
    {
        if (definition.Windows is not { } windows) return _source.Draw(definition.Modality, Math.Min(batchSize, CountOf(definition)), key);
        int wanted = Math.Max(definition.SamplesMin, batchSize / windows.Frames);
        return _source.DrawWindows(windows.ShapeOf(_plan.Windows), Math.Min(wanted, CountOf(definition)), key);
    }

    /// <summary>
    /// <code>
    /// (1) draw ─ (2) pack, augment, encode ─ (3) loss ─ (4) backward into flat gradients ─ per micro-batch
    ///                                                          └─ (5) clip, AdamW, average ─ (6) note
    /// </code>
    /// </summary>
    private void Step(ObjectivePlan objective, int turn, int step)
    {
        using var scope = NewDisposeScope();
        long started = _time.GetTimestamp();
        ObjectiveDefinition definition = _definitions[objective.Name];
        var key = new DrawKey(_plan.Seed, _cycle.Value, step, ChanceStream.Objective);
        manual_seed(key.Seed63());
        // A part for each objective: two that read the same samples go through them in orders of their own.
        DrawKey draws = new(_plan.Seed, _cycle.Value, turn * _plan.Compute.AccumulationSteps, ChanceStream.Sampling, _parts[objective.Name]);
        var drawn = new StepDraws();
        var seen = new List<Tensor>();
        ObjectiveLoss? mean = null;
        _state.Parameters.ClearGradients(definition.Sections);
        for (var micro = 0; micro < _plan.Compute.AccumulationSteps; micro++)
        {
            ObjectiveLoss loss = MicroBatch(definition, objective, key with { Part = micro }, draws with { Step = draws.Step + micro }, drawn);
            mean = Sum(mean, loss);
            if (loss.Seen is { } left) seen.Add(left);
        }

        mean = Scale(mean!, 1.0 / _plan.Compute.AccumulationSteps);
        StepOutcome outcome;
        using (no_grad())
        {
            outcome = FlatAdamW.Step(_state.Parameters, _plan.Optimizer, definition.Sections, mean.Loss); // (5)
            definition.AfterStep?.Invoke(new StepTaken(_plan, _state.Parameters, _state.ObjectiveState, seen, outcome.Taken));
        }

        _ledger.Add(definition, step, mean, outcome, drawn, _time.GetElapsedTime(started).TotalSeconds); // (6)
    }

    private ObjectiveLoss MicroBatch(ObjectiveDefinition definition, ObjectivePlan objective, DrawKey key, DrawKey draws, StepDraws drawn)
    {
        Batch batch = Draw(definition, objective.BatchSize, draws); // (1)
        Check.That(batch.Modality == definition.Modality && batch.Count > 0, "a batch has the modality that was asked for");
        ObjectiveInput input = InputBuilder.ForTraining(batch, definition, _plan, _state.Towers, _state.Tokenizer, _state.ObjectiveState, key, _limits) with { Population = CountOf(definition) }; // (2)
        drawn.Add(batch, input.Rejections);
        if (_memory is not null) input = input with { Recollection = Recollection.Of(batch, _memory) };
        ObjectiveLoss loss = definition.Loss(input); // (3)
        Shape.Require(loss.Loss, definition.Name + " loss");
        Tensor all = loss.Penalty is { } penalty ? loss.Loss + penalty : loss.Loss;
        (all * (1.0 / _plan.Compute.AccumulationSteps)).backward(); // (4)
        _state.Parameters.Accumulate(definition.Sections);
        drawn.AddSurprise(batch, loss.Surprise);
        return new ObjectiveLoss(loss.Loss.detach(), loss.Terms) { Seen = loss.Seen };
    }

    private ObjectiveDefinition Regularized(ObjectiveDefinition definition, Teacher? teacher)
    {
        RegularizationPlan plan = _plan.Regularization;
        if (teacher is not null && plan.Distillation > 0) definition = Distillation.Beside(definition, teacher, plan.Distillation);
        if (_memory is not null) definition = EmbeddingReplay.Beside(definition, _plan.Model, plan.EmbeddingReplay);
        return definition;
    }

    private static ObjectiveLoss Sum(ObjectiveLoss? so, ObjectiveLoss more) =>
        so is null ? more : new ObjectiveLoss(so.Loss + more.Loss, [.. so.Terms.Zip(more.Terms, (mine, theirs) => mine + theirs)]);

    private static ObjectiveLoss Scale(ObjectiveLoss loss, double factor) =>
        factor == 1 ? loss : new ObjectiveLoss(loss.Loss * factor, [.. loss.Terms.Select(term => term * factor)]);
}
