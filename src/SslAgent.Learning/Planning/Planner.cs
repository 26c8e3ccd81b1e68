using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Options;

namespace SslAgent.Learning.Planning;

/// <summary>What <c>auto</c> means on the machine at hand. Asked only where options leave a value open and no earlier plan has fixed it.</summary>
public interface IMachine
{
    /// <summary><c>cpu</c> or <c>cuda:0</c>.</summary>
    string BestDevice();

    /// <summary>The dtype in which matrix products are faster on that device.</summary>
    ComputeDtype FasterDtype(string device);

    int Processors { get; }
}

/// <summary>Options → plan. Pure but for what it asks the machine.</summary>
public static class Planner
{
    /// <param name="earlier">The lineage's plan so far: what is <c>auto</c> stays as it was resolved there.</param>
    public static LearnerPlan Resolve(ModelOptions model, LearningOptions learning, ulong seed, LearnerPlan? earlier, IMachine machine)
    {
        ModelPlan shape = ModelPresets.Resolve(model);
        Check.That(!shape.Faults().Any() && !learning.Faults().Any(), "options are validated before a plan is made");
        IReadOnlyList<ObjectiveOptions> wanted = learning.ObjectivesOrStandard();
        // MAE's share has a place of its own in the plan: reconstructions and exports go by it too.
        double hidden = wanted.FirstOrDefault(one => one.Name == ObjectiveNames.Mae)?.Values.Find(Mae.MaskRatio) ?? learning.MaeMaskRatio;
        int visible = (int)Math.Round(shape.Patches * (1 - hidden));
        var plan = new LearnerPlan(
            seed,
            shape,
            [],
            new(
                learning.LearningRate, learning.WarmupSteps, learning.WeightDecay, learning.Beta1, learning.Beta2, learning.Epsilon,
                learning.ClipNorm, learning.EmaDecay),
            new(Math.Clamp(visible, 1, shape.Patches - 1), learning.MlmMaskRate),
            new(learning.CropAreaMin, learning.PairCropAreaMin, learning.Flip, learning.ViewCosineMin is { } least ? new(least, learning.ViewDrawsMax) : null),
            earlier?.Normalization ?? NormalizationPlan.Default,
            ResolveCompute(learning, earlier?.Compute, machine),
            new(learning.ProbeSentinelsMax, learning.ProbeRepeats),
            new(learning.Distillation, learning.EmbeddingReplay, learning.MixUp))
        {
            Windows = new(learning.WindowSpacing.TotalMilliseconds, learning.WindowGapMax.TotalMilliseconds),
        };
        return plan with { Objectives = [.. wanted.Where(one => one.Weight > 0).Select(one => Resolve(one, learning, plan))] };
    }

    /// <param name="plan">The plan but for its objectives.</param>
    private static ObjectivePlan Resolve(ObjectiveOptions wanted, LearningOptions learning, LearnerPlan plan)
    {
        IReadOnlyList<Knob> knobs = Check.NotNull(ObjectiveRegistry.Find(wanted.Name), "options name known objectives").Knobs;
        return new ObjectivePlan(
            wanted.Name, wanted.Weight, wanted.BatchSize ?? learning.BatchSize, knobs.Count > 0 ? wanted.Values.Resolve(knobs, plan) : null, wanted.Every > 1 ? wanted.Every : null);
    }

    private static ComputePlan ResolveCompute(LearningOptions learning, ComputePlan? earlier, IMachine machine)
    {
        string device = learning.Device != "auto" ? learning.Device : earlier?.Device ?? machine.BestDevice();
        ComputeDtype dtype = learning.Dtype switch
        {
            "bf16" => ComputeDtype.Bf16,
            "fp32" => ComputeDtype.Fp32,
            _ => earlier?.Dtype ?? machine.FasterDtype(device),
        };
        int threads = learning.Threads > 0 ? learning.Threads : earlier?.Threads ?? machine.Processors;
        return new ComputePlan(device, dtype, threads, learning.AccumulationSteps, learning.FlagInterval);
    }
}
