"""Changing tables on SpatiaLite, with what Django's editor does wrong put right."""

from django.contrib.gis.db.backends.spatialite.schema import SpatialiteSchemaEditor


class SchemaEditor(SpatialiteSchemaEditor):
    # Django drops the R-tree of every geometry column when it rebuilds a table, of those too that were made without one
    # (spatial_index=False), and fails.
    sql_drop_spatial_index = "DROP TABLE IF EXISTS idx_%(table)s_%(column)s"
