package dev.weir.service.slots;

import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.util.TypeLiteral;
import java.lang.annotation.Annotation;
import java.util.Iterator;
import java.util.List;

/** These beans and no others. */
public record Beans<T>(List<T> all) implements Instance<T> {
  @Override
  public Iterator<T> iterator() {
    return all.iterator();
  }

  @Override
  public T get() {
    return all.getFirst();
  }

  @Override
  public boolean isUnsatisfied() {
    return all.isEmpty();
  }

  @Override
  public boolean isAmbiguous() {
    return all.size() > 1;
  }

  @Override
  public Instance<T> select(Annotation... qualifiers) {
    return this;
  }

  @Override
  public <U extends T> Instance<U> select(Class<U> type, Annotation... qualifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public <U extends T> Instance<U> select(TypeLiteral<U> type, Annotation... qualifiers) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void destroy(T bean) {}

  @Override
  public Handle<T> getHandle() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Iterable<? extends Handle<T>> handles() {
    throw new UnsupportedOperationException();
  }
}
