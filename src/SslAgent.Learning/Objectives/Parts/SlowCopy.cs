using SslAgent.Learning.Parameters;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// A copy of some sections that follows them slowly: the momentum encoder of MoCo, the target network of BYOL. It lies in the objective's state, fp32, and so is part of every version, of revert and of
/// the digest. Immutable; what it describes belongs to the learner.
/// </summary>
/// <param name="name">Where its parameters' names begin.</param>
/// <param name="followed">The sections, as the layout of the parameters declares them.</param>
internal sealed class SlowCopy(string name, IReadOnlyList<SectionSpec> followed)
{
    /// <summary>The sections of the state that hold it.</summary>
    public IEnumerable<SectionSpec> DeclareState() => followed.Select(section => new SectionSpec(
        StateName(section.Name), [.. section.Parameters.Select(parameter => parameter with { Name = $"{name}.{parameter.Name}" })]));

    /// <summary>Its weights to compute with, under the names that they have in what it follows. The caller disposes them.</summary>
    public Weights Open(Weights state, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        Tensor flat = cat([.. followed.Select(section => Range(state, section.Name))]);
        // The same specs in the same order lie in the same places, wherever their section begins.
        return new Weights(new ParameterLayout(followed), flat.to_type(dtype), gradients: null);
    }

    /// <summary>After a step: moves it towards the masters by 1 - decay; after the first it is made equal to them. Under no_grad.</summary>
    /// <param name="decay">What it keeps of itself.</param>
    public void Follow(FlatParameters parameters, Weights state, double decay, long stepsBefore)
    {
        double kept = stepsBefore == 0 ? 0 : decay;
        foreach (SectionSpec section in followed)
        {
            Tensor copy = Range(state, section.Name), own = FlatParameters.Range(parameters.Masters, parameters.Section(section.Name));
            copy.add_((own - copy) * (1 - kept));
        }
    }

    private string StateName(string section) => $"{name}.{section}";

    private Tensor Range(Weights state, string section)
    {
        SectionRange range = state.Layout.Sections.Single(one => one.Name == StateName(section));
        return FlatParameters.Range(state.Flat, range);
    }
}
