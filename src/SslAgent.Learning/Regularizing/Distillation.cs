using SslAgent.Domain;
using SslAgent.Learning.Objectives;
using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using SslAgent.Learning.Towers;
using static TorchSharp.torch;

namespace SslAgent.Learning.Regularizing;

/// <summary>
/// Distillation through a predictor. Fini et al., "Self-Supervised Models are Continual Learners" (CaSSLe, CVPR 2022), section 4, equation 6: a small network
/// maps the learner's features to those that the frozen earlier model has of the same input, so that what was known stays predictable from what is known,
/// without the features having to stay where they were.
/// </summary>
/// <remarks>
/// Reference implementation: DonkeyShot21/cassle. We differ: the loss is the squared error in units of the teacher's own variance over the batch and not the
/// objective's own loss (masked objectives have none between features), 1 for a predictor that knows nothing but the mean; both see the same masked input,
/// since that costs no second pass of the learner; the predictor adds to the feature and begins at nothing, so that it holds from the first step on; the teacher is the last promoted version and moves on with each promotion, since a stream has no tasks.
/// </remarks>
internal static class Distillation
{
    // R rows (frames, hidden tokens or pairs), D width of a feature.
    public const string TermName = "distillation";

    /// <summary>Keeps the division finite where the teacher's features do not vary.</summary>
    private const double VarianceEpsilon = 1e-6;

    public static string SectionOf(string objective) => "distillation." + objective;

    /// <summary>The predictors of one objective: a hidden layer as wide as the feature, for each of its features. Trained with it, never served.</summary>
    public static SectionSpec Declare(ObjectiveDefinition objective, ModelPlan plan) => new(
        SectionOf(objective.Name),
        [
            .. objective.FeatureWidths(plan).SelectMany((width, index) => new[]
            {
                TransformerStack.DeclareLinear(Hidden(objective.Name, index), width, width),
                [
                    new ParameterSpec(Output(objective.Name, index) + ".weight", [width, width], Initial.Zeros, Decayed: true),
                    ParameterSpec.Bias(Output(objective.Name, index) + ".bias", width),
                ],
            }).SelectMany(specs => specs),
        ]);

    /// <summary>The objective with the distillation beside its loss.</summary>
    /// <param name="weight">How much of it is added.</param>
    public static ObjectiveDefinition Beside(ObjectiveDefinition objective, Teacher teacher, double weight) => objective with
    {
        // Before the others: a step reports the rate of the last.
        Sections = [SectionOf(objective.Name), .. objective.Sections],
        TermNames = [.. objective.TermNames, TermName],
        Loss = input => Add(objective, input, teacher, weight),
    };

    /// <summary>Mean squared error of the predicted features in units of the teacher's variance, scalar.</summary>
    /// <param name="predicted">fp32 [R, D].</param>
    /// <param name="taught">fp32 [R, D], without a gradient.</param>
    public static Tensor Error(Tensor predicted, Tensor taught)
    {
        Shape.Require(predicted, "predicted features", taught.shape[0], taught.shape[1]);
        Tensor variance = (taught - taught.mean([0], keepdim: true)).square().mean();
        return (predicted - taught).square().mean() / (variance + VarianceEpsilon);
    }

    private static ObjectiveLoss Add(ObjectiveDefinition objective, ObjectiveInput input, Teacher teacher, double weight)
    {
        ObjectiveLoss loss = objective.Loss(input);
        Tensor[] taught;
        using (no_grad()) taught = [.. objective.Features(input with { Towers = teacher.Towers })];
        IReadOnlyList<Tensor> own = loss.Features();
        Check.That(taught.Length > 0 && taught.Length == own.Count, "an objective has the same features by whatever towers");
        Tensor error = Error(Predict(objective.Name, 0, own[0], input.Towers.Weights), taught[0]);
        for (var index = 1; index < taught.Length; index++)
            error = error + Error(Predict(objective.Name, index, own[index], input.Towers.Weights), taught[index]);
        error = error * (1.0 / taught.Length);
        Tensor penalty = error * weight;
        return loss with { Terms = [.. loss.Terms, error.detach()], Penalty = loss.Penalty is { } other ? other + penalty : penalty };
    }

    private static Tensor Predict(string objective, int index, Tensor features, Weights weights)
    {
        Tensor hidden = nn.functional.gelu(Numerics.Linear(features.to_type(weights.Dtype), weights, Hidden(objective, index))); // [R, D]
        return Numerics.AddBranch(features, Numerics.Linear(hidden, weights, Output(objective, index))); // [R, D]
    }

    private static string Hidden(string objective, int index) => $"{SectionOf(objective)}.{index}.hidden";

    private static string Output(string objective, int index) => $"{SectionOf(objective)}.{index}.output";
}
