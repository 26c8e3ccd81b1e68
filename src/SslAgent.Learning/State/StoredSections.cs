using SslAgent.Learning.Parameters;

namespace SslAgent.Learning.State;

/// <summary>
/// Where a stored version's sections lie in its flat tensors. Objectives and regularisers that are switched on or off add or take sections, and knobs change the shape of some: those that a version has and
/// that fit are taken from it, the others begin anew.
/// </summary>
internal sealed class StoredSections
{
    private readonly Dictionary<string, (long Offset, SectionCounters Counters)> _sections = new(StringComparer.Ordinal);

    public StoredSections(IReadOnlyList<SectionCounters> sections)
    {
        foreach (SectionCounters section in sections)
        {
            _sections.Add(section.Section, (Count, section));
            Count += section.Elements;
        }
    }

    /// <summary>Elements of a stored flat tensor.</summary>
    public long Count { get; }

    /// <summary>Whether the version has the section, of another size than the layout's.</summary>
    public bool Misfits(SectionRange range) => Find(range.Name) is { } stored && stored.Elements != range.Count;

    /// <summary>Passes sections over as if the version did not have them.</summary>
    public void PassOver(IEnumerable<string> sections)
    {
        foreach (string section in sections) _sections.Remove(section);
    }

    public SectionCounters? Find(string section) => _sections.TryGetValue(section, out (long, SectionCounters Counters) found) ? found.Counters : null;

    /// <summary>Whether all that the layout has is in the version.</summary>
    public bool Cover(ParameterLayout layout) => layout.Sections.All(section => _sections.ContainsKey(section.Name));

    /// <summary>Puts the sections that the version has where this layout has them.</summary>
    /// <param name="stored">A flat tensor's bytes, fp32 [Count].</param>
    /// <param name="flat">Bytes, fp32 [layout.Count]; what the version does not have stays as it is.</param>
    public void Overlay(ReadOnlySpan<byte> stored, ParameterLayout layout, Span<byte> flat)
    {
        foreach (SectionRange range in layout.Sections)
        {
            if (!_sections.TryGetValue(range.Name, out (long Offset, SectionCounters Counters) from)) continue;
            if (from.Counters.Elements != range.Count)
                throw new ModelStateException($"section '{range.Name}' has {from.Counters.Elements} numbers in the stored version and {range.Count} in the plan");
            stored.Slice(checked((int)(from.Offset * sizeof(float))), checked((int)(range.Count * sizeof(float)))).CopyTo(flat[checked((int)(range.Offset * sizeof(float)))..]);
        }
    }
}
