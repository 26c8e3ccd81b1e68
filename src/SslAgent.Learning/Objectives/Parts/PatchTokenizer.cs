using SslAgent.Learning.Parameters;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Objectives.Parts;

/// <summary>
/// Tells patches by the nearest of some centres: visual tokens, learned on the stream by k-means, a batch at a time (Sculley, "Web-Scale K-Means Clustering", WWW 2010, algorithm 1) with old batches forgotten as in
/// van den Oord et al., "Neural Discrete Representation Learning" (NeurIPS 2017), appendix A.1, equations 6 to 8. The centres lie in the objective's state, so that they are part of every version, of revert and of the digest.
/// </summary>
/// <remarks>
/// A centre that hardly any patch is near to begins anew at a patch of the batch (as Dhariwal et al., "Jukebox", 2020, section 3.1, restart theirs); so do all at the beginning. Immutable; all on the device, without asking it anything.
/// </remarks>
/// <param name="name">Where its parameters' names begin.</param>
internal sealed class PatchTokenizer(string name, int count)
{
    // R patches, P numbers in a patch, C centres.
    private const float Decay = 0.99f;

    /// <summary>A new centre counts as this many patches; where its count has fallen below half of that it is given up: after 69 steps without a patch.</summary>
    private const float NewUsage = 1;

    public int Count => count;

    private string Centres => name + ".centres";

    private string Usage => name + ".usage";

    public SectionSpec DeclareState(ModelPlan plan) => new(
        name,
        [
            new ParameterSpec(Centres, [count, plan.PatchValues], Initial.Zeros, Decayed: false),
            new ParameterSpec(Usage, [count], Initial.Zeros, Decayed: false),
        ]);

    /// <summary>The number of each patch's nearest centre, the first of equals, int64 [R].</summary>
    /// <param name="patches">fp32 [R, P].</param>
    public Tensor Tokens(Weights state, Tensor patches)
    {
        using IDisposable noGradients = no_grad();
        Tensor centres = state[Centres];
        // ‖x - c‖² less ‖x‖², which is the same for all centres.
        return (centres.square().sum(1).unsqueeze(0) - (patches.mm(centres.t()) * 2)).argmin(1);
    }

    /// <summary>Moves the centres by a batch. Under no_grad.</summary>
    /// <param name="patches">fp32 [R, P].</param>
    /// <param name="taken">1, or 0 where nothing may change; scalar.</param>
    public void Learn(Weights state, Tensor patches, Tensor taken)
    {
        Tensor centres = state[Centres], usage = state[Usage];
        Tensor own = Tokens(state, patches).unsqueeze(1).eq(arange(count, device: patches.device).unsqueeze(0)).to_type(ScalarType.Float32); // [R, C]
        Tensor old = usage * Decay, counts = own.sum(dim: 0), used = old + counts; // [C]
        Tensor moved = ((centres * old.unsqueeze(1)) + own.t().mm(patches)) / used.clamp_min(1e-6).unsqueeze(1); // [C, P]
        Tensor idle = used.lt(NewUsage / 2); // [C]
        Tensor fresh = patches.index_select(0, Spread(patches.shape[0], patches.device)); // [C, P]
        Tensor nextCentres = where(idle.unsqueeze(1), fresh, moved), nextUsage = where(idle, full_like(used, NewUsage), used);
        Tensor changes = taken.gt(0);
        centres.copy_(where(changes, nextCentres, centres));
        usage.copy_(where(changes, nextUsage, usage));
    }

    /// <summary>Rows for new centres, spread over a batch and over the places of its frames: the golden section of R apart, which meets no pattern of the grid.</summary>
    private Tensor Spread(long rows, Device device)
    {
        double golden = (Math.Sqrt(5) - 1) / 2;
        return tensor(Enumerable.Range(0, count).Select(number => (long)(number * golden % 1 * rows)).ToArray(), device: device);
    }
}
