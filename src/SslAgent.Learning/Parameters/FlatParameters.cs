using SslAgent.Domain;
using SslAgent.Learning.Planning;
using static TorchSharp.torch;

namespace SslAgent.Learning.Parameters;

/// <summary>
/// Everything trainable as a handful of flat tensors: fp32 masters, both moments, the running mean where it is on, gradients, and the
/// copy to compute with (the masters themselves in fp32, a bf16 shadow otherwise). The learner owns it; one thread.
/// </summary>
/// <remarks>
/// The towers' weights are leaves over the compute copy, with <c>.grad</c> preset to views of <see cref="Gradients"/>:
/// backward adds into those, so nothing is gathered or scattered between backward and the optimizer.
/// </remarks>
internal sealed class FlatParameters : IDisposable
{
    private readonly Dictionary<string, int> _sectionIndex = new(StringComparer.Ordinal);
    private readonly SectionCounter[] _counters;
    private readonly Tensor? _gradientSum;

    public FlatParameters(ParameterLayout layout, ComputePlan compute, bool averaged)
    {
        Layout = layout;
        var device = new Device(compute.Device);
        ScalarType dtype = compute.Dtype == ComputeDtype.Bf16 ? ScalarType.BFloat16 : ScalarType.Float32;
        _counters = new SectionCounter[layout.Sections.Count];
        for (var index = 0; index < layout.Sections.Count; index++) _sectionIndex.Add(layout.Sections[index].Name, index);
        Masters = Zeros(layout, ScalarType.Float32, device);
        FirstMoments = Zeros(layout, ScalarType.Float32, device);
        SecondMoments = Zeros(layout, ScalarType.Float32, device);
        Average = averaged ? Zeros(layout, ScalarType.Float32, device) : null;
        Gradients = Zeros(layout, dtype, device);
        _gradientSum = compute.AccumulationSteps > 1 ? Zeros(layout, ScalarType.Float32, device) : null;
        Tensor shadow = dtype == ScalarType.Float32 ? Masters.alias() : Zeros(layout, dtype, device);
        Compute = new Weights(layout, shadow, Gradients);
    }

    public ParameterLayout Layout { get; }

    public Tensor Masters { get; }

    public Tensor FirstMoments { get; }

    public Tensor SecondMoments { get; }

    /// <summary>Running mean of the masters, or null where it is off.</summary>
    public Tensor? Average { get; }

    /// <summary>Where backward adds, in the compute dtype.</summary>
    public Tensor Gradients { get; }

    public Weights Compute { get; }

    /// <summary>Counters by section, in layout order.</summary>
    public IReadOnlyList<SectionCounter> Counters => _counters;

    public SectionRange Section(string name) => Layout.Sections[_sectionIndex[name]];

    public SectionCounter Counter(string section) => _counters[_sectionIndex[section]];

    public void SetCounter(string section, SectionCounter counter) => _counters[_sectionIndex[section]] = counter;

    /// <summary>Empties the gradients before the first micro-batch of a step.</summary>
    public void ClearGradients(IEnumerable<string> sections)
    {
        foreach (string name in sections)
        {
            Range(Gradients, Section(name)).zero_();
            if (_gradientSum is not null) Range(_gradientSum, Section(name)).zero_();
        }
    }

    /// <summary>After one of several micro-batches: moves its gradients into the fp32 sum, where many small ones do not round away.</summary>
    public void Accumulate(IEnumerable<string> sections)
    {
        if (_gradientSum is null) return;
        foreach (string name in sections)
        {
            Tensor fresh = Range(Gradients, Section(name));
            Range(_gradientSum, Section(name)).add_(fresh.to_type(ScalarType.Float32));
            fresh.zero_();
        }
    }

    /// <summary>A section's gradient of the whole step in fp32 [section.Count], free to be overwritten where it is bf16's copy.</summary>
    public Tensor Gradient(SectionRange section) => Range(_gradientSum ?? Gradients, section).to_type(ScalarType.Float32);

    /// <summary>Brings the compute copy of a section up to its masters; in fp32 they are one.</summary>
    public void RefreshCompute(SectionRange section)
    {
        if (Compute.Dtype != ScalarType.Float32) Range(Compute.Flat, section).copy_(Range(Masters, section));
    }

    public void RefreshCompute()
    {
        using var scope = NewDisposeScope();
        foreach (SectionRange section in Layout.Sections) RefreshCompute(section);
    }

    public static Tensor Range(Tensor flat, SectionRange section) => flat.narrow(0, section.Offset, section.Count);

    public void Dispose()
    {
        Compute.Dispose();
        foreach (Tensor? flat in new[] { Masters, FirstMoments, SecondMoments, Average, Gradients, _gradientSum }) flat?.Dispose();
    }

    private static Tensor Zeros(ParameterLayout layout, ScalarType dtype, Device device)
    {
        Check.That(layout.Count > 0, "a model has parameters");
        return zeros(layout.Count, dtype: dtype, device: device).DetachFromDisposeScope();
    }
}
